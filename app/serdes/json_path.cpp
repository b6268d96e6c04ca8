// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/serdes/json_path.h"

#include <algorithm>
#include <charconv>

#include "app/serdes/json_text.h"

namespace weir::app::json {

std::string_view Field::text(std::string& scratch) const {
    if (kind != Kind::kString || raw.find('\\') == std::string_view::npos) {
        return raw;
    }
    scratch.clear();
    unescape(raw, scratch);
    return scratch;
}

std::optional<Number> parseNumber(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const char* const first = text.data() + (text.front() == '+' ? 1 : 0);
    const char* const last = text.data() + text.size();
    Number number;
    const auto asInteger = std::from_chars(first, last, number.integer);
    if (asInteger.ec == std::errc() && asInteger.ptr == last) {
        number.isInteger = true;
        number.real = static_cast<double>(number.integer);
        return number;
    }
    const auto asReal = std::from_chars(first, last, number.real);
    if (asReal.ec != std::errc() || asReal.ptr != last) {
        return std::nullopt;
    }
    return number;
}

namespace {

bool isPlainNameChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '$' || c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

// `text` starts with '['. Answers how many characters the step used, or a sentence.
Result<std::size_t, std::string> parseBracket(std::string_view text, PathStep& step) {
    if (text.size() > 1 && (text[1] == '"' || text[1] == '\'')) {
        const std::size_t quote = text.find(text[1], 2);
        if (quote == std::string_view::npos || quote + 1 >= text.size() || text[quote + 1] != ']') {
            return fail(std::string("A name in brackets must end with its quote and ]."));
        }
        step.name = text.substr(2, quote - 2);
        if (step.name.empty()) {
            return fail(std::string("A name in brackets is empty."));
        }
        return quote + 2;
    }
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) {
        return fail(std::string("A bracket is not closed."));
    }
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + close, step.index);
    if (error != std::errc() || end != text.data() + close || step.index < 0) {
        return fail(std::string("Brackets hold a number from 0 or a name in quotes."));
    }
    return close + 1;
}

}  // namespace

Result<Path, std::string> parsePath(std::string_view text) {
    Path path;
    std::size_t at = 0;
    while (at < text.size()) {
        PathStep step;
        if (text[at] == '[') {
            const auto used = parseBracket(text.substr(at), step);
            if (!used) {
                return fail(std::string(used.error()));
            }
            at += *used;
        } else {
            if (text[at] == '.' && !path.empty()) {
                ++at;
            }
            const std::size_t from = at;
            while (at < text.size() && isPlainNameChar(text[at])) {
                ++at;
            }
            if (at == from) {
                return fail(std::string("A field name is missing."));
            }
            step.name = text.substr(from, at - from);
        }
        path.push_back(std::move(step));
    }
    if (path.empty()) {
        return fail(std::string("The path is empty."));
    }
    return path;
}

std::string pathText(const Path& path) {
    std::string out;
    for (const PathStep& step : path) {
        if (step.index >= 0) {
            out += '[' + std::to_string(step.index) + ']';
        } else if (std::all_of(step.name.begin(), step.name.end(), isPlainNameChar)) {
            out += (out.empty() ? "" : ".") + step.name;
        } else {
            out += "[\"" + step.name + "\"]";
        }
    }
    return out;
}

int PathSet::add(const Path& path) {
    std::size_t node = 0;
    for (const PathStep& step : path) {
        auto& children = m_nodes[node].children;
        const auto found =
            std::find_if(children.begin(), children.end(), [&step](const Child& c) { return c.step == step; });
        if (found != children.end()) {
            node = found->node;
            continue;
        }
        const std::size_t added = m_nodes.size();
        children.push_back({step, added});
        m_nodes.emplace_back();
        node = added;
    }
    if (m_nodes[node].slot < 0) {
        m_nodes[node].slot = static_cast<int>(m_slots++);
    }
    return m_nodes[node].slot;
}

namespace {

Field fieldFrom(const char* from, const char* end) {
    const std::string_view raw(from, static_cast<std::size_t>(end - from));
    switch (*from) {
        case '"':
            return {Kind::kString, raw.substr(1, raw.size() - 2)};
        case '{':
            return {Kind::kObject, raw};
        case '[':
            return {Kind::kArray, raw};
        case 't':
        case 'f':
            return {Kind::kBool, raw};
        case 'n':
            return {Kind::kNull, raw};
        default:
            return {Kind::kNumber, raw};
    }
}

}  // namespace

// One descent. `left` counts the fields still wanted; at 0 everything unwinds.
struct PathSet::Walk {
    const PathSet& set;
    std::span<Field> fields;
    const char* end;
    std::size_t left;
    std::string scratch;

    // Past the value, or nullptr when broken or done.
    const char* value(const char* p, const Node& node) {
        if (p == end) {
            return nullptr;
        }
        const char* past = nullptr;
        if (node.slot >= 0) {
            past = skipValue(p, end);
            if (past == nullptr) {
                return nullptr;
            }
            Field& field = fields[static_cast<std::size_t>(node.slot)];
            if (!field.exists()) {
                field = fieldFrom(p, past);
                --left;
            }
            if (left == 0 || node.children.empty()) {
                return left == 0 ? nullptr : past;
            }
        }
        if (*p == '{') {
            p = members(p + 1, node);
        } else if (*p == '[') {
            p = elements(p + 1, node);
        } else {
            p = skipValue(p, end);
        }
        return past != nullptr && left != 0 ? past : p;
    }

    const Node* childNamed(const Node& node, std::string_view name) {
        if (name.find('\\') != std::string_view::npos) {
            scratch.clear();
            unescape(name, scratch);
            name = scratch;
        }
        for (const Child& child : node.children) {
            if (child.step.index < 0 && child.step.name == name) {
                return &set.m_nodes[child.node];
            }
        }
        return nullptr;
    }

    const char* members(const char* p, const Node& node) {
        for (;;) {
            p = skipSpace(p, end);
            if (p == end || *p != '"') {
                return p != end && *p == '}' ? p + 1 : nullptr;
            }
            const char* const quote = findStringEnd(p + 1, end);
            if (quote == nullptr) {
                return nullptr;
            }
            const Node* const child = childNamed(node, {p + 1, static_cast<std::size_t>(quote - p - 1)});
            p = skipSpace(quote + 1, end);
            if (p == end || *p != ':') {
                return nullptr;
            }
            p = skipSpace(p + 1, end);
            p = child != nullptr ? value(p, *child) : skipValue(p, end);
            if (p == nullptr) {
                return nullptr;
            }
            p = skipSpace(p, end);
            if (p == end || *p != ',') {
                return p != end && *p == '}' ? p + 1 : nullptr;
            }
            ++p;
        }
    }

    const char* elements(const char* p, const Node& node) {
        for (int index = 0;; ++index) {
            p = skipSpace(p, end);
            if (p == end || *p == ']') {
                return p == end ? nullptr : p + 1;
            }
            const auto child = std::find_if(node.children.begin(), node.children.end(),
                                            [index](const Child& c) { return c.step.index == index; });
            p = child != node.children.end() ? value(p, set.m_nodes[child->node]) : skipValue(p, end);
            if (p == nullptr) {
                return nullptr;
            }
            p = skipSpace(p, end);
            if (p == end || *p != ',') {
                return p != end && *p == ']' ? p + 1 : nullptr;
            }
            ++p;
        }
    }
};

void PathSet::extract(ByteView document, std::span<Field> fields) const {
    std::fill(fields.begin(), fields.end(), Field{});
    if (m_slots == 0) {
        return;
    }
    const std::string_view text = asText(document);
    const char* const end = text.data() + text.size();
    Walk walk{*this, fields, end, m_slots, {}};
    static_cast<void>(walk.value(skipSpace(text.data(), end), m_nodes.front()));
}

namespace {

struct Lister {
    const char* end;
    std::size_t limit;
    std::vector<SeenField>& out;
    Path path;

    const char* value(const char* p) {
        if (p == end) {
            return nullptr;
        }
        const bool mayDescend = path.size() < 8;
        if (*p == '{' && mayDescend) {
            return members(p + 1);
        }
        const char* const past = skipValue(p, end);
        if (past == nullptr) {
            return nullptr;
        }
        if (*p == '[' && mayDescend) {
            const char* const first = skipSpace(p + 1, end);
            if (first != end && *first != ']') {
                path.push_back({{}, 0});
                static_cast<void>(value(first));
                path.pop_back();
            }
        } else if (!path.empty() && out.size() < limit) {
            out.push_back({pathText(path), fieldFrom(p, past).kind});
        }
        return past;
    }

    const char* members(const char* p) {
        for (;;) {
            p = skipSpace(p, end);
            if (p == end || *p != '"' || out.size() >= limit) {
                return p != end && *p == '}' ? p + 1 : nullptr;
            }
            const char* const quote = findStringEnd(p + 1, end);
            if (quote == nullptr) {
                return nullptr;
            }
            PathStep step;
            unescape({p + 1, static_cast<std::size_t>(quote - p - 1)}, step.name);
            p = skipSpace(quote + 1, end);
            if (p == end || *p != ':') {
                return nullptr;
            }
            path.push_back(std::move(step));
            p = value(skipSpace(p + 1, end));
            path.pop_back();
            if (p == nullptr) {
                return nullptr;
            }
            p = skipSpace(p, end);
            if (p == end || *p != ',') {
                return p != end && *p == '}' ? p + 1 : nullptr;
            }
            ++p;
        }
    }
};

}  // namespace

std::vector<SeenField> listFields(ByteView document, std::size_t limit) {
    std::vector<SeenField> out;
    const std::string_view text = asText(document);
    const char* const end = text.data() + text.size();
    Lister lister{end, limit, out, {}};
    static_cast<void>(lister.value(skipSpace(text.data(), end)));
    return out;
}

}  // namespace weir::app::json
