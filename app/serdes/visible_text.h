// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/bytes.h"

/// Text that is safe and honest to show: no control character acts, no bidirectional override reorders a line.
namespace weir::app {

inline constexpr std::size_t kPreviewChars = 512;

/// Where the first byte stands that is not UTF-8 (overlong, surrogate and above U+10FFFF included).
[[nodiscard]] std::optional<std::size_t> findInvalidUtf8(std::string_view text);

/// True for UTF-8 without control characters other than tab and line breaks.
[[nodiscard]] bool isReadableText(std::string_view text);

/// The whole text with control characters as their pictures (U+2400 …) and bidirectional controls as ⟨U+202E⟩.
/// Tabs and line breaks stay. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string makeVisible(std::string_view text);

/// One line for a list: white space runs with a line break become one blank, the rest as makeVisible(), cut after
/// `maxChars` with "…". Reads only as much of the text as it shows.
[[nodiscard]] std::string oneLine(std::string_view text, std::size_t maxChars = kPreviewChars);

/// One line for any bytes: text if it reads as text, else what the numbers and ids of the decoders make of it, else
/// hexadecimal. Looks at no more than a few kilobytes however long the value is.
[[nodiscard]] std::string preview(ByteView bytes, std::size_t maxChars = kPreviewChars);

}  // namespace weir::app
