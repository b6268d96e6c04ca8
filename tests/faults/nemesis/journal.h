// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/checker/history.h"

namespace weir::nemesis {

/// Nanoseconds of the one clock that all processes of this machine share and nobody sets.
std::int64_t monotonicNow();

/// What one worker did and saw, written down at once, so that it outlives a kill. Any thread.
class Journal {
public:
    /// The file is made, or gone on with.
    Journal(const std::string& path, std::string process);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Time and process are filled in.
    void note(checker::Event event);
    [[nodiscard]] const std::string& process() const { return m_process; }
    /// A name that no other value of the history has.
    [[nodiscard]] std::string nextValue() { return m_process + "/" + std::to_string(m_next++); }

private:
    void write(std::string_view line) const;

    const std::string m_process;
    int m_file = -1;
    std::atomic<std::int64_t> m_next{0};
};

}  // namespace weir::nemesis
