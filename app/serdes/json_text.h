// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"

/// JSON as text (RFC 8259), without a tree: nothing is rounded, reordered or lost on the way to the eye. Depth costs a
/// byte a level on the heap, never stack, so a hostile document of depth 100,000 is only long.
namespace weir::app::json {

struct Problem {
    std::size_t at = 0;
    /// A sentence without position: "Expected a comma or }."
    std::string message;
};

/// Checks one whole document, white space around it allowed.
/// Of a longer one, no more than `most` bytes are read.
[[nodiscard]] std::optional<Problem> check(std::string_view text, std::size_t most = std::string_view::npos);

/// The document laid out with two spaces a level; empty containers stay on one line. Checks on the way. Output ends
/// with "…" when it would pass `maxBytes`.
[[nodiscard]] Result<std::string, Problem> pretty(std::string_view text, std::size_t maxBytes);

/// Past white space.
inline const char* skipSpace(const char* p, const char* end) {
    while (p != end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        ++p;
    }
    return p;
}
/// `p` stands after the opening quote; answers where the closing quote is, nullptr if there is none.
const char* findStringEnd(const char* p, const char* end);
/// Past the value that starts at `p` without checking its inside; nullptr when it does not end.
const char* skipValue(const char* p, const char* end);

/// The text behind a JSON string's inside (between the quotes). Broken escapes stay as they are written.
void unescape(std::string_view inside, std::string& out);
/// Appends `text` as a JSON string with quotes. Bytes that are not UTF-8 are written as they are.
void appendQuoted(std::string& out, std::string_view text);

}  // namespace weir::app::json
