// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/publish/kcat_command.h"

#include <spdlog/fmt/fmt.h>

#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

/// Far below what a command line may hold.
constexpr std::size_t kMaxInline = 64 << 10;

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return out + "'";
}

// For printf: everything but plain characters as three octal digits.
std::string octal(ByteView bytes) {
    std::string out;
    for (const std::byte byte : bytes) {
        const auto c = static_cast<char>(byte);
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' ||
                             c == '.' || c == ',' || c == ':' || c == '{' || c == '}' || c == '"' || c == '_';
        out += isPlain ? std::string(1, c) : fmt::format("\\{:03o}", static_cast<unsigned>(byte));
    }
    return out;
}

}  // namespace

std::string kcatCommand(const std::string& bootstrap, const std::string& topic, const OutgoingRecord& record) {
    std::string options = fmt::format("kcat -b {} -t {} -P", bootstrap, topic);
    if (record.partition) {
        options += fmt::format(" -p {}", record.partition->value);
    }
    for (const Header& header : record.headers) {
        const std::string text = header.key + (header.value ? "=" + std::string(asText(*header.value)) : "");
        options += " -H " + quoted(text);
    }
    // -Z sends an empty value as null.
    if (!record.value) {
        options += " -Z";
    }
    const ByteView value = record.value ? ByteView(*record.value) : ByteView();
    if (value.size() > kMaxInline) {
        return options + " value.bin   # the value is too long for a command line";
    }
    std::string input = octal(value);
    if (record.key) {
        // Key and value go over standard input, parted by a byte that stands in neither.
        options += " -K '\\x1e'";
        input = octal(*record.key) + "\\036" + input;
    }
    // A line break would end the record, so the delimiter is a byte that text does not hold.
    return fmt::format("printf {} | {} -D '\\x1f'", quoted(input), options);
}

}  // namespace weir::app
