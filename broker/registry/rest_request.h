// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/registry/json.h"
#include "broker/registry/registry.h"

/// What stands in a request, taken out of its text.
namespace weir::registry {

/// A target without its escapes. "/contexts/.staging/subjects/x" is "/subjects/x" with a context.
struct ParsedTarget {
    std::vector<std::string> path;
    std::map<std::string, std::string> query;
    std::string context = ".";

    [[nodiscard]] std::string value(const std::string& name, const std::string& otherwise = {}) const;
    /// A number of the query that is not negative.
    [[nodiscard]] std::optional<std::size_t> number(const std::string& name) const;
    /// In the path's context unless it names its own.
    [[nodiscard]] Subject subject(const std::string& text) const;
    [[nodiscard]] std::string prefixed(const std::string& prefix) const;
};

/// The error is a sentence for the client.
Result<ParsedTarget, std::string> parseTarget(std::string_view target);

struct BodyError {
    int status = 400;
    int code = 400;
    std::string text;
};
Result<Json, BodyError> readObject(const std::string& body);

struct SchemaBody {
    SchemaText schema;
    std::optional<int> id;
    std::optional<int> version;
};
Result<SchemaBody, BodyError> readSchema(const std::string& body);

/// 1 to 2^31-1, or "latest", or -1.
Answer<int> versionOf(const std::string& text);
std::optional<int> wholeNumber(const std::string& text);
std::string upperCase(std::string text);

}  // namespace weir::registry
