// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/nemesis/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>
#include <utility>

namespace weir::nemesis {

std::int64_t monotonicNow() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Journal::Journal(const std::string& path, std::string process)
    : m_process(std::move(process)), m_file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (m_file < 0) {
        throw std::runtime_error("cannot write " + path);
    }
    write(checker::kGoesOn);
}

Journal::~Journal() {
    ::close(m_file);
}

void Journal::note(checker::Event event) {
    event.time = monotonicNow();
    event.process = m_process;
    write(toText(event) + "\n");
}

void Journal::write(std::string_view line) const {
    // One call a line: a kill leaves whole lines, and perhaps a last one that is cut.
    if (::write(m_file, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::runtime_error("the journal cannot be written");
    }
}

}  // namespace weir::nemesis
