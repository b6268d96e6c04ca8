// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

/// Picks a few fields out of JSON text in one pass: no tree, no allocation, and it stops at the last field found.
/// Documents are not checked; what is broken before a field hides it, what is broken behind it does not matter.
namespace weir::app::json {

enum class Kind : std::uint8_t { kMissing, kNull, kBool, kNumber, kString, kObject, kArray };

/// A value as it stands in the document. Views into the document.
struct Field {
    Kind kind = Kind::kMissing;
    /// Strings: between the quotes, escapes as written. Everything else: as written.
    std::string_view raw;

    [[nodiscard]] bool exists() const { return kind != Kind::kMissing; }
    [[nodiscard]] bool isTrue() const { return kind == Kind::kBool && raw.front() == 't'; }
    /// The text for comparison and display: strings without escapes (through `scratch` where needed).
    [[nodiscard]] std::string_view text(std::string& scratch) const;
};

/// An exact integer where the text is one that fits 64 bits, else a double.
struct Number {
    bool isInteger = false;
    std::int64_t integer = 0;
    double real = 0;
};
/// Decimal text only, the whole of it.
[[nodiscard]] std::optional<Number> parseNumber(std::string_view text);

struct PathStep {
    /// Empty when `index` is used.
    std::string name;
    int index = -1;
    bool operator==(const PathStep&) const = default;
};
using Path = std::vector<PathStep>;

/// `a.b[0].c`, `["name with dots"].x`, `[3]`; an error is a sentence.
[[nodiscard]] Result<Path, std::string> parsePath(std::string_view text);
[[nodiscard]] std::string pathText(const Path& path);

/// Several paths compiled into one tree. Immutable after the last add(); any number of threads may extract.
class PathSet {
public:
    PathSet() : m_nodes(1) {}
    /// Answers the slot of the result; the same path gives the same slot.
    int add(const Path& path);
    [[nodiscard]] std::size_t size() const { return m_slots; }
    [[nodiscard]] bool empty() const { return m_slots == 0; }
    /// `fields` has size() places.
    void extract(ByteView document, std::span<Field> fields) const;

private:
    struct Child {
        PathStep step;
        std::size_t node = 0;
    };
    struct Node {
        int slot = -1;
        std::vector<Child> children;
    };
    struct Walk;

    std::vector<Node> m_nodes;
    std::size_t m_slots = 0;
};

/// Every path to a scalar in the document, with its kind, in order of appearance; arrays are followed into their first
/// element. At most `limit` and eight levels.
struct SeenField {
    std::string path;
    Kind kind = Kind::kMissing;
};
[[nodiscard]] std::vector<SeenField> listFields(ByteView document, std::size_t limit);

}  // namespace weir::app::json
