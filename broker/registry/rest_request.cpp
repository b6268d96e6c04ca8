// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/rest_request.h"

#include <charconv>

namespace weir::registry {

namespace {

enum class Plus { kIsPlus, kIsSpace };

std::optional<std::string> unescaped(std::string_view text, Plus plus) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            unsigned code = 0;
            const auto digits = text.substr(i + 1, 2);
            const auto [stop, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
            if (digits.size() != 2 || bad != std::errc{} || stop != digits.data() + 2) {
                return std::nullopt;
            }
            out += static_cast<char>(code);
            i += 2;
        } else {
            out += text[i] == '+' && plus == Plus::kIsSpace ? ' ' : text[i];
        }
    }
    // What is not text could not be given back in an answer.
    std::string quoted;
    Json::appendString(quoted, out);
    const auto back = Json::parse(quoted);
    return back && back->text() == out ? std::optional(std::move(out)) : std::nullopt;
}

template <class Take>
bool split(std::string_view text, char at, Take take) {
    while (!text.empty()) {
        const auto end = std::min(text.find(at), text.size());
        if (end > 0 && !take(text.substr(0, end))) {
            return false;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

/// ":.name:", ".name" and "name" are all the same context.
std::string contextNamed(std::string text) {
    if (text.starts_with(':')) {
        text.erase(0, 1);
    }
    if (text.ends_with(':')) {
        text.pop_back();
    }
    return text.starts_with('.') ? text : "." + text;
}

}  // namespace

std::string ParsedTarget::value(const std::string& name, const std::string& otherwise) const {
    const auto found = query.find(name);
    return found == query.end() ? otherwise : found->second;
}

std::optional<std::size_t> ParsedTarget::number(const std::string& name) const {
    const auto number = wholeNumber(value(name));
    return number && *number >= 0 ? std::optional(static_cast<std::size_t>(*number)) : std::nullopt;
}

Subject ParsedTarget::subject(const std::string& text) const {
    Subject subject = Subject::parse(text);
    if (subject.isDefault() && !text.starts_with(":.:")) {
        subject.context = context;
    }
    return subject;
}

std::string ParsedTarget::prefixed(const std::string& prefix) const {
    return context == "." || prefix.starts_with(":") ? prefix : ":" + context + ":" + prefix;
}

Result<ParsedTarget, std::string> parseTarget(std::string_view target) {
    ParsedTarget parsed;
    const auto question = std::min(target.find('?'), target.size());
    const bool isPath = split(target.substr(0, question), '/', [&](std::string_view part) {
        auto text = unescaped(part, Plus::kIsPlus);
        if (text) {
            parsed.path.push_back(*std::move(text));
        }
        return text.has_value();
    });
    const bool isQuery = split(target.substr(std::min(question + 1, target.size())), '&', [&](std::string_view part) {
        const auto equals = std::min(part.find('='), part.size());
        auto name = unescaped(part.substr(0, equals), Plus::kIsSpace);
        auto value = unescaped(part.substr(std::min(equals + 1, part.size())), Plus::kIsSpace);
        if (!name || !value) {
            return false;
        }
        parsed.query.insert_or_assign(*std::move(name), *std::move(value));
        return true;
    });
    if (!isPath || !isQuery) {
        return fail(std::string("HTTP 400 Bad Request: the address has a broken percent escape"));
    }
    if (parsed.path.size() >= 3 && parsed.path[0] == "contexts") {
        parsed.context = contextNamed(parsed.path[1]);
        if (parsed.context.find(':') != std::string::npos) {
            return fail(std::string("HTTP 400 Bad Request: a context's name holds no colon"));
        }
        parsed.path.erase(parsed.path.begin(), parsed.path.begin() + 2);
    }
    return parsed;
}

Result<Json, BodyError> readObject(const std::string& body) {
    auto json = Json::parse(body);
    if (!json) {
        return fail(BodyError{400, 400, "The body is no JSON: " + json.error()});
    }
    if (!json->isObject()) {
        return fail(BodyError{400, 400, "The body is no JSON object"});
    }
    return *std::move(json);
}

Result<SchemaBody, BodyError> readSchema(const std::string& body) {
    const auto json = readObject(body);
    if (!json) {
        return fail(json.error());
    }
    SchemaBody read;
    const Json* schema = json->find("schema");
    if (schema != nullptr && !schema->isString() && !schema->isNull()) {
        return fail(BodyError{422, 42201, "The schema is no string"});
    }
    read.schema.text = schema != nullptr ? schema->text() : std::string();
    const std::string type = upperCase(std::string(json->textOf("schemaType")));
    if (!type.empty() && type != "AVRO" && type != "JSON" && type != "PROTOBUF") {
        return fail(BodyError{422, 42201, "Invalid schema type " + type});
    }
    read.schema.type = type == "JSON"       ? SchemaType::kJson
                       : type == "PROTOBUF" ? SchemaType::kProtobuf
                                            : SchemaType::kAvro;
    const Json* references = json->find("references");
    for (const Json& each : references != nullptr ? references->items() : std::vector<Json>()) {
        const Json* version = each.find("version");
        const auto number = version != nullptr ? version->integer() : std::nullopt;
        if (each.textOf("name").empty() || each.textOf("subject").empty() || !number ||
            *number != static_cast<int>(*number)) {
            return fail(BodyError{422, 42201, "A reference needs a name, a subject and a version"});
        }
        read.schema.references.push_back(
            {std::string(each.textOf("name")), std::string(each.textOf("subject")), static_cast<int>(*number)});
    }
    for (const auto& [key, into] : {std::pair{"id", &read.id}, std::pair{"version", &read.version}}) {
        const Json* value = json->find(key);
        const auto number = value != nullptr ? value->integer() : std::nullopt;
        if (number && *number > 0 && *number < INT32_MAX) {
            *into = static_cast<int>(*number);
        }
    }
    return read;
}

Answer<int> versionOf(const std::string& text) {
    if (text == "latest" || text == "-1") {
        return kLatest;
    }
    const auto number = wholeNumber(text);
    if (!number || *number < 1) {
        return fail(RegistryErrc::kInvalidVersion, "The specified version '" + text +
                                                       "' is not a valid version id. Allowed values are between [1, "
                                                       "2^31-1] and the string \"latest\"");
    }
    return *number;
}

std::optional<int> wholeNumber(const std::string& text) {
    int number = 0;
    const auto [stop, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    return bad == std::errc{} && stop == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string upperCase(std::string text) {
    for (char& c : text) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

}  // namespace weir::registry
