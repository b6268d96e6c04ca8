// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/random.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"

namespace weir::app {

/// A text with generators between {{ and }}:
///
///     {{seq}}             1, 2, 3 …
///     {{uuid}}            a random UUID
///     {{now}}             milliseconds since 1970; {{now iso}} as 2026-01-31T10:20:30.123Z
///     {{int 1 100}}       a whole number, both ends included
///     {{float 1 100 2}}   a number with so many decimals
///     {{pick a b c}}      one of the words
///     {{name}}            a first name
///     {{walk 100 0.5}}    a random walk from 100 whose steps have deviation 0.5
///
/// Compiled once; render() reuses its output. One thread: walks remember where they are.
class TemplateText {
public:
    /// An error is a sentence that names the generator.
    static Result<TemplateText, std::string> compile(std::string_view text);
    TemplateText(TemplateText&&) noexcept;
    TemplateText& operator=(TemplateText&&) noexcept;
    ~TemplateText();

    void render(std::int64_t sequence, Timestamp now, Random& random, std::string& out);
    /// Nothing but text.
    [[nodiscard]] bool isConstant() const;

private:
    struct Part;
    TemplateText();
    std::vector<Part> m_parts;
};

}  // namespace weir::app
