// SPDX-License-Identifier: GPL-3.0-or-later
#include <re2/re2.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "broker/registry/json_schema.h"

namespace weir::registry {

namespace {

std::size_t charactersIn(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool isOfType(const Json& value, std::string_view type) {
    if (type == "integer") {
        return value.isNumber() && (value.integer() || std::trunc(value.real()) == value.real());
    }
    return (type == "null" && value.isNull()) || (type == "boolean" && value.isBoolean()) ||
           (type == "number" && value.isNumber()) || (type == "string" && value.isString()) ||
           (type == "array" && value.isArray()) || (type == "object" && value.isObject());
}

/// Holds a value against a schema, keyword by keyword; the first that forbids it gives the sentence. Keywords nobody
/// knows, and formats, forbid nothing.
class Validator {
public:
    explicit Validator(const JsonDocuments& documents) : m_documents(documents) {}

    /// Empty when it is legal.
    std::string check(const JsonPlace& at, const Json& value, const std::string& path, int depth) {
        const Json& schema = *at.json;
        if (depth > kMaxDepth || ++m_steps > kMaxSteps) {
            return path + ": the value is too large for this schema";
        }
        if (!schema.isObject()) {
            return schema.isBoolean() && !schema.isTrue() ? path + ": nothing is allowed here" : std::string();
        }
        if (const Json* ref = schema.find("$ref"); ref != nullptr && ref->isString()) {
            const auto to = followReference(m_documents, at, ref->text());
            if (std::string why = to ? check(*to, value, path, depth + 1) : path + ": a $ref that leads nowhere";
                !why.empty()) {
                return why;
            }
        }
        for (const auto step : {&Validator::checkType, &Validator::checkNumber, &Validator::checkText,
                                &Validator::checkItems, &Validator::checkMembers, &Validator::checkCombined}) {
            if (std::string why = (this->*step)(at, value, path, depth); !why.empty()) {
                return why;
            }
        }
        return {};
    }

private:
    static constexpr int kMaxDepth = 300;
    static constexpr int kMaxSteps = 200'000;

    static JsonPlace inside(const JsonPlace& at, const Json& part) { return {&part, at.document}; }
    static std::string shown(const Json& value) {
        const std::string text = value.toText();
        return text.size() > 60 ? text.substr(0, 60) + "…" : text;
    }

    std::string checkType(const JsonPlace& at, const Json& value, const std::string& path, int /*depth*/) {
        if (const Json* type = at.json->find("type")) {
            const bool fits = type->isString() ? isOfType(value, type->text())
                                               : std::any_of(type->items().begin(), type->items().end(),
                                                             [&](const Json& t) { return isOfType(value, t.text()); });
            if (!fits) {
                return fmt::format("{}: expected {}, found {}", path, type->isString() ? type->text() : type->toText(),
                                   shown(value));
            }
        }
        const auto same = [&](const Json& each) { return each.same(value); };
        if (const Json* all = at.json->find("enum");
            all != nullptr && std::none_of(all->items().begin(), all->items().end(), same)) {
            return fmt::format("{}: expected one of {}, found {}", path, shown(*all), shown(value));
        }
        if (const Json* only = at.json->find("const"); only != nullptr && !same(*only)) {
            return fmt::format("{}: expected {}, found {}", path, shown(*only), shown(value));
        }
        return {};
    }

    std::string checkNumber(const JsonPlace& at, const Json& value, const std::string& path, int /*depth*/) {
        if (!value.isNumber()) {
            return {};
        }
        const Json& schema = *at.json;
        const double number = value.real();
        const auto refused = [&](const char* key, auto isFine, const char* word) {
            const Json* limit = schema.find(key);
            return limit != nullptr && limit->isNumber() && !isFine(limit->real())
                       ? fmt::format("{}: {} is not {} {}", path, value.text(), word, limit->text())
                       : std::string();
        };
        // Draft 4 says with a boolean that a limit itself is not allowed.
        const auto isExclusive = [&](const char* key) {
            const Json* flag = schema.find(key);
            return flag != nullptr && flag->isTrue();
        };
        const bool above = isExclusive("exclusiveMinimum");
        const bool below = isExclusive("exclusiveMaximum");
        for (const std::string& why :
             {refused(
                  "minimum", [&](double l) { return above ? number > l : number >= l; }, "at least"),
              refused(
                  "maximum", [&](double l) { return below ? number < l : number <= l; }, "at most"),
              refused(
                  "exclusiveMinimum", [&](double l) { return number > l; }, "more than"),
              refused(
                  "exclusiveMaximum", [&](double l) { return number < l; }, "less than"),
              refused(
                  "multipleOf",
                  [&](double l) {
                      const double times = number / l;
                      return l <= 0 || std::abs(times - std::round(times)) < 1e-9 * std::max(1.0, std::abs(times));
                  },
                  "a multiple of")}) {
            if (!why.empty()) {
                return why;
            }
        }
        return {};
    }

    static std::string checkCount(const Json& schema, const char* least, const char* most, std::size_t count,
                                  const std::string& path, const char* what) {
        const Json* low = schema.find(least);
        const Json* high = schema.find(most);
        if (low != nullptr && low->isNumber() && static_cast<double>(count) < low->real()) {
            return fmt::format("{}: {} {}, fewer than {}", path, count, what, low->text());
        }
        if (high != nullptr && high->isNumber() && static_cast<double>(count) > high->real()) {
            return fmt::format("{}: {} {}, more than {}", path, count, what, high->text());
        }
        return {};
    }

    /// An expression that RE2 does not know forbids nothing.
    static bool matches(const std::string& pattern, const std::string& text) {
        RE2::Options quiet;
        quiet.set_log_errors(false);
        const RE2 expression(pattern, quiet);
        return !expression.ok() || RE2::PartialMatch(text, expression);
    }

    std::string checkText(const JsonPlace& at, const Json& value, const std::string& path, int /*depth*/) {
        if (!value.isString()) {
            return {};
        }
        if (std::string why =
                checkCount(*at.json, "minLength", "maxLength", charactersIn(value.text()), path, "characters");
            !why.empty()) {
            return why;
        }
        const Json* pattern = at.json->find("pattern");
        return pattern != nullptr && pattern->isString() && !matches(pattern->text(), value.text())
                   ? fmt::format("{}: {} does not fit the pattern {}", path, shown(value), pattern->text())
                   : std::string();
    }

    std::string checkItems(const JsonPlace& at, const Json& value, const std::string& path, int depth) {
        if (!value.isArray()) {
            return {};
        }
        const Json& schema = *at.json;
        const auto& items = value.items();
        if (std::string why = checkCount(schema, "minItems", "maxItems", items.size(), path, "items"); !why.empty()) {
            return why;
        }
        const Json* rest = schema.find("items");
        const Json* tuple = schema.find("prefixItems");
        if (tuple == nullptr && rest != nullptr && rest->isArray()) {
            tuple = std::exchange(rest, schema.find("additionalItems"));
        }
        const std::size_t named = tuple == nullptr ? 0 : tuple->items().size();
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Json* part = i < named ? &tuple->items()[i] : rest;
            if (std::string why = part == nullptr
                                      ? std::string()
                                      : check(inside(at, *part), items[i], fmt::format("{}[{}]", path, i), depth + 1);
                !why.empty()) {
                return why;
            }
        }
        if (const Json* unique = schema.find("uniqueItems"); unique != nullptr && unique->isTrue()) {
            for (std::size_t i = 0; i < items.size(); ++i) {
                for (std::size_t j = 0; j < i; ++j) {
                    if (++m_steps > kMaxSteps || items[i].same(items[j])) {
                        return fmt::format("{}: items {} and {} are the same", path, j, i);
                    }
                }
            }
        }
        const Json* contains = schema.find("contains");
        const bool lacks = contains != nullptr && std::none_of(items.begin(), items.end(), [&](const Json& each) {
                               return check(inside(at, *contains), each, path, depth + 1).empty();
                           });
        return lacks ? path + ": no item is as the schema wants one to be" : std::string();
    }

    std::string checkMembers(const JsonPlace& at, const Json& value, const std::string& path, int depth) {
        if (!value.isObject()) {
            return {};
        }
        const Json& schema = *at.json;
        if (std::string why =
                checkCount(schema, "minProperties", "maxProperties", value.members().size(), path, "properties");
            !why.empty()) {
            return why;
        }
        if (const Json* required = schema.find("required")) {
            for (const Json& name : required->items()) {
                if (value.find(name.text()) == nullptr) {
                    return fmt::format("{}: the property {} is missing", path, name.text());
                }
            }
        }
        const Json* named = schema.find("properties");
        const Json* patterns = schema.find("patternProperties");
        const Json* others = schema.find("additionalProperties");
        const Json* names = schema.find("propertyNames");
        for (const auto& [key, each] : value.members()) {
            const std::string place = path + "." + key;
            bool isNamed = false;
            const auto judge = [&, &member = each](const Json& part) {
                isNamed = true;
                return check(inside(at, part), member, place, depth + 1);
            };
            std::string why =
                names == nullptr ? std::string() : check(inside(at, *names), Json::string(key), place, depth + 1);
            if (const Json* part = named == nullptr ? nullptr : named->find(key); part != nullptr && why.empty()) {
                why = judge(*part);
            }
            for (const auto& [pattern, part] :
                 patterns == nullptr ? std::vector<Json::Member>() : patterns->members()) {
                if (why.empty() && matches(pattern, key)) {
                    why = judge(part);
                }
            }
            if (why.empty() && !isNamed && others != nullptr) {
                why = others->isBoolean() && !others->isTrue()
                          ? fmt::format("{}: the schema has no property {}", path, key)
                          : judge(*others);
            }
            if (!why.empty()) {
                return why;
            }
        }
        return {};
    }

    std::string checkCombined(const JsonPlace& at, const Json& value, const std::string& path, int depth) {
        const Json& schema = *at.json;
        const auto why = [&](const Json& part) { return check(inside(at, part), value, path, depth + 1); };
        if (const Json* all = schema.find("allOf")) {
            for (const Json& part : all->items()) {
                if (std::string reason = why(part); !reason.empty()) {
                    return reason;
                }
            }
        }
        for (const char* key : {"anyOf", "oneOf"}) {
            const Json* some = schema.find(key);
            if (some == nullptr) {
                continue;
            }
            std::string reason;
            std::size_t fits = 0;
            for (const Json& part : some->items()) {
                std::string each = why(part);
                fits += each.empty() ? 1 : 0;
                reason = reason.empty() ? std::move(each) : reason;
            }
            if (fits == 0) {
                return some->items().size() == 1 ? reason : fmt::format("{}: none of {} fits; {}", path, key, reason);
            }
            if (fits > 1 && std::string_view(key) == "oneOf") {
                return fmt::format("{}: {} of oneOf fit where only one may", path, fits);
            }
        }
        if (const Json* forbidden = schema.find("not"); forbidden != nullptr && why(*forbidden).empty()) {
            return path + ": it is what \"not\" forbids";
        }
        if (const Json* condition = schema.find("if")) {
            const Json* then = schema.find(why(*condition).empty() ? "then" : "else");
            return then == nullptr ? std::string() : why(*then);
        }
        return {};
    }

    const JsonDocuments& m_documents;
    int m_steps = 0;
};

}  // namespace

std::string whyInvalid(const JsonDocuments& schema, const Json& value) {
    return Validator(schema).check({&schema.root, &schema.root}, value, "$", 0);
}

}  // namespace weir::registry
