// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/rest.h"

#include <algorithm>
#include <charconv>

#include "broker/registry/json.h"
#include "broker/registry/rest_request.h"

namespace weir::registry {

namespace {

/// The answer to one request, in the making. Methods are named after the resources that they serve.
class Exchange {
public:
    Exchange(Registry& registry, const std::string& clusterId, const RestRequest& request, ParsedTarget target)
        : m_registry(registry), m_clusterId(clusterId), m_request(request), m_target(std::move(target)) {}

    RestAnswer run() {
        const std::size_t count = m_target.path.size();
        const std::string& first = count > 0 ? m_target.path[0] : kEmpty;
        if (count == 0) {
            return is("GET") ? json(Json::object()) : notAllowed();
        }
        if (first == "subjects") {
            return subjects();
        }
        if (first == "schemas") {
            return is("GET") ? schemas() : notAllowed();
        }
        if (first == "config" && count <= 2) {
            return config();
        }
        if (first == "mode" && count <= 2) {
            return mode();
        }
        if (first == "compatibility" && count >= 4 && count <= 5 && at(1) == "subjects" && at(3) == "versions") {
            return is("POST") ? compatibility() : notAllowed();
        }
        if (first == "contexts" && count == 1) {
            return is("GET") ? list(m_registry.contexts()) : notAllowed();
        }
        if (first == "v1" && count == 3 && at(1) == "metadata") {
            return metadata();
        }
        return error(404, 404, "HTTP 404 Not Found");
    }

    static RestAnswer error(int status, int code, const std::string& message) {
        return {status,
                {},
                Json::object({{"error_code", Json::number(code)}, {"message", Json::string(message)}}).toText()};
    }

private:
    inline static const std::string kEmpty{};

    [[nodiscard]] bool is(std::string_view method) const {
        return m_request.method == method || (method == "GET" && m_request.method == "HEAD");
    }
    [[nodiscard]] const std::string& at(std::size_t i) const {
        return i < m_target.path.size() ? m_target.path[i] : kEmpty;
    }
    [[nodiscard]] bool flag(const std::string& name) const { return m_target.value(name) == "true"; }
    [[nodiscard]] Deleted deleted() const {
        return flag("deletedOnly") ? Deleted::kOnly : flag("deleted") ? Deleted::kWith : Deleted::kWithout;
    }
    [[nodiscard]] Subject subject(std::size_t i) const { return m_target.subject(at(i)); }

    static RestAnswer json(const Json& value) { return {200, {}, value.toText()}; }
    static RestAnswer notAllowed() { return error(405, 405, "HTTP 405 Method Not Allowed"); }
    static RestAnswer notFound() { return error(404, 404, "HTTP 404 Not Found"); }
    static RestAnswer failed(const RegistryError& problem) {
        const int code = static_cast<int>(problem.code);
        return error(code >= 1000 ? code / 100 : code, code, problem.message);
    }
    static RestAnswer list(const std::vector<std::string>& names) {
        Json array = Json::array();
        for (const std::string& name : names) {
            array.push(Json::string(name));
        }
        return json(array);
    }
    static RestAnswer list(const std::vector<int>& numbers) {
        Json array = Json::array();
        for (const int number : numbers) {
            array.push(Json::number(number));
        }
        return json(array);
    }
    template <class T>
    RestAnswer listOr(const Answer<std::vector<T>>& answer) {
        return answer ? list(page(*answer)) : failed(answer.error());
    }

    /// offset and limit of a list.
    template <class T>
    [[nodiscard]] std::vector<T> page(const std::vector<T>& all) const {
        const auto from = std::min<std::size_t>(all.size(), m_target.number("offset").value_or(0));
        const auto limit = m_target.number("limit");
        const auto count = limit ? std::min<std::size_t>(all.size() - from, *limit) : all.size() - from;
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
        return {begin, begin + static_cast<std::ptrdiff_t>(count)};
    }

    static void addSchema(Json& json, const SchemaText& schema) {
        if (schema.type != SchemaType::kAvro) {
            json.set("schemaType", Json::string(std::string(toText(schema.type))));
        }
        if (!schema.references.empty()) {
            Json references = Json::array();
            for (const Reference& each : schema.references) {
                references.push(Json::object({{"name", Json::string(each.name)},
                                              {"subject", Json::string(each.subject)},
                                              {"version", Json::number(each.version)}}));
            }
            json.set("references", std::move(references));
        }
        json.set("schema", Json::string(schema.text));
    }

    /// The text in the form that ?format= asks for.
    SchemaText inFormat(SchemaText schema, int id, const Subject& near) {
        const std::string format = m_target.value("format");
        if (!format.empty()) {
            if (const auto parsed = m_registry.parsed(id, near)) {
                const std::string text = (*parsed)->formatted(format);
                schema.text = text.empty() ? schema.text : text;
            }
        }
        return schema;
    }

    Json described(SubjectVersion version) {
        Json json = Json::object({{"subject", Json::string(version.subject.text())},
                                  {"version", Json::number(version.version)},
                                  {"id", Json::number(version.id)}});
        addSchema(json, inFormat(std::move(version.schema), version.id, version.subject));
        if (version.isDeleted) {
            json.set("deleted", Json::boolean(true));
        }
        return json;
    }

    // /subjects

    RestAnswer subjects() {
        const std::size_t count = m_target.path.size();
        if (count == 1) {
            return is("GET") ? subjectNames() : notAllowed();
        }
        if (count == 2) {
            return is("POST")     ? lookUp()
                   : is("DELETE") ? listOr(m_registry.removeSubject(subject(1), flag("permanent")))
                                  : notAllowed();
        }
        if (at(2) != "versions" || count > 5) {
            return notFound();
        }
        if (count == 3) {
            return is("POST")  ? registerSchema()
                   : is("GET") ? listOr(m_registry.versions(subject(1), deleted()))
                               : notAllowed();
        }
        const auto version = versionOf(at(3));
        if (!version) {
            return failed(version.error());
        }
        if (count == 4 && is("DELETE")) {
            const auto removed = m_registry.removeVersion(subject(1), *version, flag("permanent"));
            return removed ? json(Json::number(*removed)) : failed(removed.error());
        }
        if (!is("GET")) {
            return notAllowed();
        }
        return oneVersion(*version, count == 5 ? at(4) : kEmpty);
    }

    RestAnswer subjectNames() {
        std::vector<std::string> names;
        const std::string prefix = m_target.value("subjectPrefix", m_target.context == "." ? ":*:" : "");
        for (const Subject& each : m_registry.subjects(m_target.prefixed(prefix), deleted())) {
            names.push_back(each.text());
        }
        return list(page(names));
    }

    RestAnswer oneVersion(int version, const std::string& what) {
        if (what == "referencedby") {
            return listOr(m_registry.referencedBy(subject(1), version));
        }
        const auto found = m_registry.version(subject(1), version, deleted());
        if (!found) {
            return failed(found.error());
        }
        if (what == "schema") {
            return {200, {}, inFormat(found->schema, found->id, found->subject).text};
        }
        return what.empty() ? json(described(*found)) : notFound();
    }

    RestAnswer registerSchema() {
        const auto body = readSchema(m_request.body);
        if (!body) {
            return failedBody(body.error());
        }
        const auto added = m_registry.add(subject(1), {body->schema, flag("normalize"), body->id, body->version});
        return added ? json(Json::object({{"id", Json::number(added->id)}})) : failed(added.error());
    }

    RestAnswer lookUp() {
        const auto body = readSchema(m_request.body);
        if (!body) {
            return failedBody(body.error());
        }
        const auto found = m_registry.find(subject(1), body->schema, flag("normalize"), deleted());
        return found ? json(described(*found)) : failed(found.error());
    }

    static RestAnswer failedBody(const BodyError& problem) { return error(problem.status, problem.code, problem.text); }

    // /schemas

    RestAnswer schemas() {
        const std::size_t count = m_target.path.size();
        if (count == 1) {
            return allSchemas();
        }
        if (count == 2 && at(1) == "types") {
            return list(std::vector<std::string>{"JSON", "PROTOBUF", "AVRO"});
        }
        if (at(1) != "ids" || count < 3 || count > 4) {
            return notFound();
        }
        const auto id = wholeNumber(at(2));
        if (!id) {
            return notFound();
        }
        return schemaOf(*id, count == 4 ? at(3) : kEmpty);
    }

    RestAnswer allSchemas() {
        const std::string prefix = m_target.value("subjectPrefix", m_target.context == "." ? ":*:" : "");
        const auto found = m_registry.all(m_target.prefixed(prefix), deleted(), flag("latestOnly"));
        Json array = Json::array();
        for (const SubjectVersion& each : page(found)) {
            array.push(described(each));
        }
        return json(array);
    }

    RestAnswer schemaOf(int id, const std::string& what) {
        const Subject near = m_target.subject(m_target.value("subject"));
        if (what.empty() || what == "schema") {
            const auto found = m_registry.byId(id, near);
            if (!found) {
                return failed(found.error());
            }
            const SchemaText schema = inFormat(*found, id, near);
            if (what == "schema") {
                return {200, {}, schema.text};
            }
            Json answer = Json::object();
            addSchema(answer, schema);
            return json(answer);
        }
        const auto versions = m_registry.versionsOf(id, near, deleted());
        if (!versions) {
            return failed(versions.error());
        }
        if (what == "versions") {
            Json array = Json::array();
            for (const SubjectVersion& each : page(*versions)) {
                array.push(Json::object(
                    {{"subject", Json::string(each.subject.text())}, {"version", Json::number(each.version)}}));
            }
            return json(array);
        }
        std::vector<std::string> names;
        for (const SubjectVersion& each : *versions) {
            if (std::find(names.begin(), names.end(), each.subject.text()) == names.end()) {
                names.push_back(each.subject.text());
            }
        }
        return what == "subjects" ? list(page(names)) : notFound();
    }

    // /compatibility

    RestAnswer compatibility() {
        std::optional<int> version;
        if (m_target.path.size() == 5) {
            const auto number = versionOf(at(4));
            if (!number) {
                return failed(number.error());
            }
            version = *number;
        }
        const auto body = readSchema(m_request.body);
        if (!body) {
            return failedBody(body.error());
        }
        const auto why = m_registry.test(subject(2), version, body->schema, flag("normalize"));
        if (!why) {
            return failed(why.error());
        }
        Json answer = Json::object({{"is_compatible", Json::boolean(why->empty())}});
        if (flag("verbose")) {
            Json messages = Json::array();
            for (const std::string& each : *why) {
                messages.push(Json::string(each));
            }
            answer.set("messages", std::move(messages));
        }
        return json(answer);
    }

    // /config

    static Json configJson(const Config& config, const char* key) {
        Json answer = Json::object();
        if (config.compatibility) {
            answer.set(key, Json::string(std::string(toText(*config.compatibility))));
        }
        if (config.normalize) {
            answer.set("normalize", Json::boolean(*config.normalize));
        }
        return answer;
    }

    RestAnswer config() {
        const Subject scope = subject(1);
        const bool isGlobal = at(1).empty();
        if (is("GET")) {
            const Config own = m_registry.config(scope);
            if (!isGlobal && own == Config() && !flag("defaultToGlobal")) {
                return error(404, 40408,
                             "Subject '" + scope.text() + "' does not have subject-level compatibility configured");
            }
            const bool isWide = isGlobal || flag("defaultToGlobal");
            return json(configJson(isWide ? m_registry.effectiveConfig(scope) : own, "compatibilityLevel"));
        }
        if (is("DELETE")) {
            const auto cleared = m_registry.clearConfig(scope);
            return cleared ? json(configJson(*cleared, "compatibilityLevel")) : failed(cleared.error());
        }
        if (!is("PUT")) {
            return notAllowed();
        }
        const auto body = readObject(m_request.body);
        if (!body) {
            return failedBody(body.error());
        }
        Config config;
        if (const Json* level = body->find("compatibility"); level != nullptr && !level->isNull()) {
            config.compatibility = compatibilityNamed(upperCase(level->text()));
            if (!config.compatibility) {
                return error(422, 42203,
                             "Invalid compatibility level. Valid values are none, backward, forward, full, "
                             "backward_transitive, forward_transitive, and full_transitive");
            }
        }
        if (const Json* normalize = body->find("normalize"); normalize != nullptr && normalize->isBoolean()) {
            config.normalize = normalize->isTrue();
        }
        const auto set = m_registry.setConfig(scope, config);
        return set ? json(configJson(config, "compatibility")) : failed(set.error());
    }

    // /mode

    RestAnswer mode() {
        const Subject scope = subject(1);
        const auto answer = [](Mode mode) {
            return json(Json::object({{"mode", Json::string(std::string(toText(mode)))}}));
        };
        if (is("GET")) {
            const auto own = m_registry.mode(scope);
            if (!own && !at(1).empty() && !flag("defaultToGlobal")) {
                return error(404, 40409, "Subject '" + scope.text() + "' does not have subject-level mode configured");
            }
            return answer(own ? *own : m_registry.effectiveMode(scope));
        }
        if (is("DELETE") && !at(1).empty()) {
            const auto cleared = m_registry.clearMode(scope);
            return cleared ? answer(*cleared) : failed(cleared.error());
        }
        if (!is("PUT")) {
            return notAllowed();
        }
        const auto body = readObject(m_request.body);
        if (!body) {
            return failedBody(body.error());
        }
        const auto wanted = modeNamed(upperCase(std::string(body->textOf("mode"))));
        if (!wanted) {
            return error(422, 42204,
                         "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT");
        }
        const auto set = m_registry.setMode(scope, *wanted, flag("force"));
        return set ? answer(*set) : failed(set.error());
    }

    RestAnswer metadata() {
        if (!is("GET")) {
            return notAllowed();
        }
        if (at(2) == "version") {
            return json(Json::object({{"version", Json::string("8.0.0")}, {"commitId", Json::string("")}}));
        }
        if (at(2) != "id") {
            return notFound();
        }
        return json(Json::object(
            {{"scope", Json::object({{"path", Json::array()},
                                     {"clusters",
                                      Json::object({{"kafka-cluster", Json::string(m_clusterId)},
                                                    {"schema-registry-cluster", Json::string("schema-registry")}})}})},
             {"id", Json::string("")}}));
    }

    Registry& m_registry;
    const std::string& m_clusterId;
    const RestRequest& m_request;
    ParsedTarget m_target;
};

constexpr std::string_view kTypes[] = {"application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json",
                                       "application/json"};

/// What to answer in: the first of ours that the client takes; empty when it takes none.
std::string answerType(const std::string& accept) {
    if (accept.empty() || accept.find("*/*") != std::string::npos ||
        accept.find("application/*") != std::string::npos) {
        return std::string(kTypes[0]);
    }
    for (const std::string_view each : kTypes) {
        if (accept.find(each) != std::string::npos) {
            return std::string(each);
        }
    }
    return {};
}

bool isOurType(std::string contentType) {
    contentType.erase(std::min(contentType.find(';'), contentType.size()));
    while (contentType.ends_with(' ')) {
        contentType.pop_back();
    }
    return contentType.empty() || contentType == "application/octet-stream" ||
           std::find(std::begin(kTypes), std::end(kTypes), contentType) != std::end(kTypes);
}

}  // namespace

RestAnswer Rest::answer(const RestRequest& request) {
    const std::string type = answerType(request.accept);
    RestAnswer answer;
    auto target = parseTarget(request.target);
    if (!target) {
        answer = Exchange::error(400, 400, target.error());
    } else if (type.empty()) {
        answer = Exchange::error(406, 406, "HTTP 406 Not Acceptable");
    } else if (!request.body.empty() && !isOurType(request.contentType)) {
        answer = Exchange::error(415, 415, "HTTP 415 Unsupported Media Type");
    } else {
        answer = Exchange(m_registry, m_clusterId, request, *std::move(target)).run();
    }
    answer.contentType = type.empty() ? std::string(kTypes[0]) : type;
    return answer;
}

}  // namespace weir::registry
