// SPDX-License-Identifier: GPL-3.0-or-later
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "broker/registry/json_schema.h"

namespace weir::registry {

namespace {

/// A schema taken apart into one of the kinds whose pairs have a rule. A JSON schema that says several things at once
/// (a type and an enum) is a kAll of them.
struct Shape {
    enum class Kind {
        kAnything,
        kNothing,
        kString,
        kNumber,
        kBoolean,
        kNull,
        kObject,
        kArray,
        kEnum,
        kNot,
        kAll,
        kAny,
        kOne
    };
    Kind kind = Kind::kAnything;
    /// Where its keywords stand.
    JsonPlace place;
    bool isInteger = false;
    std::vector<Shape> parts;

    [[nodiscard]] bool isCombined() const { return kind == Kind::kAll || kind == Kind::kAny || kind == Kind::kOne; }
    [[nodiscard]] const Json* find(std::string_view key) const { return place.json->find(key); }
};

constexpr int kMaxHops = 50;

class ShapeMaker {
public:
    explicit ShapeMaker(const JsonDocuments& documents) : m_documents(documents) {}

    Shape make(JsonPlace place) const {
        for (int hops = 0; hops < kMaxHops; ++hops) {
            const std::string_view ref = place.json->textOf("$ref");
            const auto next = ref.empty() ? std::nullopt : followReference(m_documents, place, ref);
            if (!next) {
                break;
            }
            place = *next;
        }
        const Json& json = *place.json;
        if (!json.isObject()) {
            return {
                json.isBoolean() && !json.isTrue() ? Shape::Kind::kNothing : Shape::Kind::kAnything, place, false, {}};
        }
        std::vector<Shape> said;
        addTypes(said, place);
        if (json.find("enum") != nullptr || json.find("const") != nullptr) {
            said.push_back({Shape::Kind::kEnum, place, false, {}});
        }
        if (const Json* inner = json.find("not")) {
            Shape shape{Shape::Kind::kNot, place, false, {}};
            shape.parts.push_back(untaken({inner, place.document}));
            said.push_back(std::move(shape));
        }
        addCombination(said, place, "allOf", Shape::Kind::kAll);
        addCombination(said, place, "anyOf", Shape::Kind::kAny);
        addCombination(said, place, "oneOf", Shape::Kind::kOne);
        if (said.empty()) {
            return untaken(place);
        }
        if (said.size() == 1) {
            return std::move(said.front());
        }
        return {Shape::Kind::kAll, place, false, std::move(said)};
    }

private:
    /// Taken apart only when compared: what is inside may lead back here.
    static Shape untaken(const JsonPlace& place) { return {Shape::Kind::kAnything, place, false, {}}; }

    static std::optional<Shape> typed(const std::string& word, const JsonPlace& place) {
        using enum Shape::Kind;
        static const std::map<std::string, Shape::Kind, std::less<>> kKinds{
            {"string", kString}, {"number", kNumber}, {"integer", kNumber}, {"boolean", kBoolean},
            {"null", kNull},     {"object", kObject}, {"array", kArray}};
        const auto found = kKinds.find(word);
        return found == kKinds.end() ? std::nullopt : std::optional(Shape{found->second, place, word == "integer", {}});
    }

    /// Without a type, keywords tell what is meant.
    static std::string guessedType(const Json& json) {
        static const std::vector<std::pair<std::string, std::vector<const char*>>> kHints{
            {"object",
             {"properties", "required", "additionalProperties", "minProperties", "maxProperties", "dependencies",
              "patternProperties", "propertyNames"}},
            {"array", {"items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"}},
            {"number", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
            {"string", {"minLength", "maxLength", "pattern"}}};
        for (const auto& [word, keys] : kHints) {
            if (std::any_of(keys.begin(), keys.end(), [&](const char* key) { return json.find(key) != nullptr; })) {
                return word;
            }
        }
        return {};
    }

    static void addTypes(std::vector<Shape>& into, const JsonPlace& place) {
        const Json* type = place.json->find("type");
        std::vector<Shape> shapes;
        for (const Json& word : type != nullptr && type->isArray() ? type->items() : std::vector<Json>()) {
            if (auto shape = typed(word.text(), place)) {
                shapes.push_back(*std::move(shape));
            }
        }
        if (shapes.size() > 1) {
            into.push_back({Shape::Kind::kAny, place, false, std::move(shapes)});
        } else if (shapes.size() == 1) {
            into.push_back(std::move(shapes.front()));
        } else if (auto shape = typed(type != nullptr ? type->text() : guessedType(*place.json), place)) {
            into.push_back(*std::move(shape));
        }
    }

    void addCombination(std::vector<Shape>& into, const JsonPlace& place, const char* key, Shape::Kind kind) const {
        const Json* parts = place.json->find(key);
        if (parts == nullptr || parts->items().empty()) {
            return;
        }
        Shape shape{kind, place, false, {}};
        for (const Json& part : parts->items()) {
            shape.parts.push_back(untaken({&part, place.document}));
        }
        into.push_back(std::move(shape));
    }

    const JsonDocuments& m_documents;
};

/// Bounds that only ever loosen: those that a larger value loosens, and those that a smaller one does.
struct Bound {
    const char* key;
    const char* word;
    bool isUpper;
};
constexpr Bound kStringBounds[] = {{"maxLength", "MAX_LENGTH", true}, {"minLength", "MIN_LENGTH", false}};
constexpr Bound kNumberBounds[] = {{"maximum", "MAXIMUM", true},
                                   {"minimum", "MINIMUM", false},
                                   {"exclusiveMaximum", "EXCLUSIVE_MAXIMUM", true},
                                   {"exclusiveMinimum", "EXCLUSIVE_MINIMUM", false}};
constexpr Bound kObjectBounds[] = {{"maxProperties", "MAX_PROPERTIES", true},
                                   {"minProperties", "MIN_PROPERTIES", false}};
constexpr Bound kArrayBounds[] = {{"maxItems", "MAX_ITEMS", true}, {"minItems", "MIN_ITEMS", false}};

class Comparison {
public:
    Comparison(const JsonDocuments& reader, const JsonDocuments& writer, Roles roles)
        : m_readers(reader), m_writers(writer), m_reader(reader), m_writer(writer), m_roles(roles) {}

    std::vector<Incompatibility> run() {
        comparePlaces({&m_writers.root, &m_writers.root}, {&m_readers.root, &m_readers.root}, "#/");
        return std::move(m_found);
    }

private:
    static constexpr int kMaxDepth = 400;
    static constexpr int kMaxSteps = 50'000;
    /// A pattern costs as much as so many other steps.
    static constexpr int kStepsOfPattern = 20;
    static constexpr std::size_t kMaxFound = 100;

    using Kind = Shape::Kind;

    void report(const std::string& kind, const std::string& path, const std::string& what) {
        if (m_found.size() < kMaxFound) {
            m_found.push_back({kind, path, what});
        }
    }
    [[nodiscard]] std::string reader() const { return "the " + std::string(m_roles.reader) + " schema"; }
    [[nodiscard]] std::string writer() const { return "the " + std::string(m_roles.writer) + " schema"; }

    static std::string at(const std::string& path, const std::string& step) {
        return path.back() == '/' ? path + step : path + "/" + step;
    }

    void comparePlaces(const JsonPlace& writer, const JsonPlace& reader, const std::string& path) {
        // A pair that is being compared further up is as good as the rest of it.
        if (!m_seen.emplace(writer.json, reader.json).second) {
            return;
        }
        m_comparing.emplace_back(writer.json, reader.json);
        compare(m_writer.make(writer), m_reader.make(reader), path);
    }

    template <class Compare>
    bool isReadable(Compare compareThem) {
        const auto before = m_found.size();
        const auto compared = m_comparing.size();
        compareThem();
        if (m_found.size() == before) {
            return true;
        }
        for (; m_comparing.size() > compared; m_comparing.pop_back()) {
            m_seen.erase(m_comparing.back());
        }
        m_found.resize(before);
        return false;
    }

    Shape opened(const Shape& part, const ShapeMaker& maker) { return maker.make(part.place); }

    /// The parts of a combination: types of one schema are made already, schemas of a list are not.
    std::vector<Shape> partsOf(const Shape& shape, const ShapeMaker& maker) {
        std::vector<Shape> parts;
        for (const Shape& part : shape.parts) {
            parts.push_back(part.kind == Kind::kAnything ? opened(part, maker) : part);
        }
        return parts;
    }

    void compare(Shape writer, Shape reader, const std::string& path) {
        if (++m_depth > kMaxDepth || ++m_steps > kMaxSteps) {
            report("TYPE_CHANGED", path, "The schemas are too large to be compared");
            --m_depth;
            return;
        }
        while (writer.isCombined() && writer.parts.size() == 1) {
            writer = partsOf(writer, m_writer).front();
        }
        while (reader.isCombined() && reader.parts.size() == 1) {
            reader = partsOf(reader, m_reader).front();
        }
        compareSettled(writer, reader, path);
        --m_depth;
    }

    void compareSettled(const Shape& writer, const Shape& reader, const std::string& path) {
        if (writer.kind == Kind::kNothing || reader.kind == Kind::kAnything) {
            return;
        }
        if (writer.isCombined() && reader.isCombined()) {
            combinations(writer, reader, path);
            return;
        }
        if (reader.kind == Kind::kAny || reader.kind == Kind::kOne) {
            const auto parts = partsOf(reader, m_reader);
            if (std::any_of(parts.begin(), parts.end(),
                            [&](const Shape& part) { return isReadable([&] { compare(writer, part, path); }); })) {
                return;
            }
        } else if (writer.kind == Kind::kAll) {
            const auto parts = partsOf(writer, m_writer);
            if (std::any_of(parts.begin(), parts.end(),
                            [&](const Shape& part) { return isReadable([&] { compare(part, reader, path); }); })) {
                return;
            }
        }
        if (writer.kind != reader.kind) {
            report("TYPE_CHANGED", path,
                   "A type at path '" + path + "' is different between the reader schema and the writer schema");
            return;
        }
        sameKind(writer, reader, path);
    }

    void sameKind(const Shape& writer, const Shape& reader, const std::string& path) {
        switch (reader.kind) {
            case Kind::kString:
                bounds(writer, reader, kStringBounds, path);
                pattern(writer, reader, path);
                return;
            case Kind::kNumber:
                numbers(writer, reader, path);
                return;
            case Kind::kObject:
                objects(writer, reader, path);
                return;
            case Kind::kArray:
                arrays(writer, reader, path);
                return;
            case Kind::kEnum:
                enums(writer, reader, path);
                return;
            case Kind::kNot:
                // What the writer never writes, the reader may refuse.
                if (!canExclude(writer, reader)) {
                    report("NOT_TYPE_EXTENDED", path, "What 'not' excludes at path '" + path + "' has grown");
                }
                return;
            default:
                return;
        }
    }

    /// Whether everything that the reader's `not` refuses is refused by the writer's: the comparison turned round.
    bool canExclude(const Shape& writer, const Shape& reader) {
        Comparison turned(m_writers, m_readers, m_roles);
        turned.m_depth = m_depth;
        turned.m_steps = m_steps;
        turned.compare(m_reader.make(reader.parts.front().place), m_writer.make(writer.parts.front().place), "#/");
        m_steps = turned.m_steps;
        return turned.m_found.empty();
    }

    template <std::size_t kCount>
    void bounds(const Shape& writer, const Shape& reader, const Bound (&all)[kCount], const std::string& path) {
        for (const Bound& bound : all) {
            const Json* before = writer.find(bound.key);
            const Json* now = reader.find(bound.key);
            if (now == nullptr || !now->isNumber()) {
                continue;
            }
            if (before == nullptr || !before->isNumber()) {
                report(std::string(bound.word) + "_ADDED", at(path, bound.key),
                       "The keyword at path '" + at(path, bound.key) + "' in " + this->reader() +
                           " is not present in " + this->writer());
            } else if (bound.isUpper ? now->real() < before->real() : now->real() > before->real()) {
                report(std::string(bound.word) + (bound.isUpper ? "_DECREASED" : "_INCREASED"), at(path, bound.key),
                       "The value at path '" + at(path, bound.key) + "' in " + this->reader() +
                           " is stricter than in " + this->writer());
            }
        }
    }

    void pattern(const Shape& writer, const Shape& reader, const std::string& path) {
        const Json* before = writer.find("pattern");
        const Json* now = reader.find("pattern");
        if (now != nullptr && (before == nullptr || before->text() != now->text())) {
            report(before == nullptr ? "PATTERN_ADDED" : "PATTERN_CHANGED", at(path, "pattern"),
                   "The pattern at path '" + at(path, "pattern") + "' in " + this->reader() + " differs from " +
                       this->writer());
        }
    }

    void numbers(const Shape& writer, const Shape& reader, const std::string& path) {
        bounds(writer, reader, kNumberBounds, path);
        const Json* before = writer.find("multipleOf");
        const Json* now = reader.find("multipleOf");
        if (now != nullptr && before == nullptr) {
            report("MULTIPLE_OF_ADDED", at(path, "multipleOf"),
                   "The keyword at path '" + at(path, "multipleOf") + "' is new in " + this->reader());
        } else if (now != nullptr && !now->same(*before) && std::fmod(before->real(), now->real()) != 0) {
            const bool isExpanded = std::fmod(now->real(), before->real()) == 0;
            report(isExpanded ? "MULTIPLE_OF_EXPANDED" : "MULTIPLE_OF_CHANGED", at(path, "multipleOf"),
                   "multipleOf at path '" + at(path, "multipleOf") + "' takes fewer numbers in " + this->reader());
        }
        if (reader.isInteger && !writer.isInteger) {
            report("TYPE_NARROWED", path, "A type at path '" + path + "' is narrower in " + this->reader());
        }
    }

    static std::vector<Json> values(const Shape& shape) {
        if (const Json* only = shape.find("const")) {
            return {*only};
        }
        const Json* list = shape.find("enum");
        return list != nullptr ? list->items() : std::vector<Json>();
    }

    void enums(const Shape& writer, const Shape& reader, const std::string& path) {
        const auto before = values(writer);
        const auto now = values(reader);
        const auto has = [](const std::vector<Json>& list, const Json& value) {
            return std::any_of(list.begin(), list.end(), [&](const Json& each) { return each.same(value); });
        };
        m_steps += static_cast<int>(std::min<std::size_t>(before.size() * now.size() / 16, kMaxSteps));
        if (m_steps <= kMaxSteps &&
            std::all_of(before.begin(), before.end(), [&](const Json& each) { return has(now, each); })) {
            return;
        }
        const bool isNarrowed = m_steps <= kMaxSteps && std::all_of(now.begin(), now.end(), [&](const Json& each) {
                                    return has(before, each);
                                });
        report(isNarrowed ? "ENUM_ARRAY_NARROWED" : "ENUM_ARRAY_CHANGED", at(path, "enum"),
               "An enum array at path '" + at(path, "enum") + "' lacks values in " + this->reader());
    }

    void combinations(const Shape& writer, const Shape& reader, const std::string& path) {
        if (writer.kind != reader.kind && reader.kind != Kind::kAny) {
            report("COMBINED_TYPE_CHANGED", path, "A combination at path '" + path + "' is of another kind");
            return;
        }
        const auto before = partsOf(writer, m_writer);
        const auto now = partsOf(reader, m_reader);
        if (writer.kind == Kind::kAll && before.size() < now.size()) {
            report("PRODUCT_TYPE_EXTENDED", path, "allOf at path '" + path + "' asks for more in " + this->reader());
        } else if (writer.kind != Kind::kAll && before.size() > now.size()) {
            report("SUM_TYPE_NARROWED", path, "A choice at path '" + path + "' is missing in " + this->reader());
        }
        // As many pairs as the shorter list allows, each part used once.
        std::vector<std::vector<bool>> fits(before.size(), std::vector<bool>(now.size()));
        for (std::size_t i = 0; i < before.size(); ++i) {
            for (std::size_t j = 0; j < now.size(); ++j) {
                fits[i][j] = isReadable([&] { compare(before[i], now[j], path); });
            }
        }
        if (matched(fits, now.size()) < std::min(before.size(), now.size())) {
            report("COMBINED_TYPE_SUBSCHEMAS_CHANGED", path,
                   "A combination at path '" + path + "' has parts that cannot be matched with those of " +
                       this->writer());
        }
    }

    /// The size of the largest matching, by augmenting paths.
    static std::size_t matched(const std::vector<std::vector<bool>>& fits, std::size_t columns) {
        std::vector<std::size_t> owner(columns, fits.size());
        std::vector<bool> tried;
        const std::function<bool(std::size_t)> place = [&](std::size_t row) {
            for (std::size_t column = 0; column < columns; ++column) {
                if (!fits[row][column] || tried[column]) {
                    continue;
                }
                tried[column] = true;
                if (owner[column] == fits.size() || place(owner[column])) {
                    owner[column] = row;
                    return true;
                }
            }
            return false;
        };
        std::size_t count = 0;
        for (std::size_t row = 0; row < fits.size(); ++row) {
            tried.assign(columns, false);
            count += place(row) ? 1 : 0;
        }
        return count;
    }

    // Objects.

    static const std::vector<Json::Member>& membersOf(const Shape& shape, std::string_view key) {
        static const std::vector<Json::Member> kNone;
        const Json* found = shape.find(key);
        return found != nullptr ? found->members() : kNone;
    }
    static const Json* property(const Shape& shape, std::string_view name) {
        const Json* all = shape.find("properties");
        return all != nullptr ? all->find(name) : nullptr;
    }
    bool isRequired(const Shape& shape, std::string_view name) {
        const Json* list = shape.find("required");
        if (list == nullptr) {
            return false;
        }
        const auto [names, isNew] = m_required.try_emplace(list);
        for (std::size_t i = 0; isNew && i < list->items().size(); ++i) {
            names->second.insert(list->items()[i].text());
        }
        return names->second.contains(name);
    }
    static bool isFalse(const Json* json) { return json != nullptr && json->isBoolean() && !json->isTrue(); }
    /// The schema of what is not named; null when nothing is said or anything goes.
    static const Json* restOf(const Shape& shape, const char* key) {
        const Json* rest = shape.find(key);
        return rest != nullptr && rest->isObject() && !rest->members().empty() ? rest : nullptr;
    }
    static bool isOpen(const Shape& shape) {
        return !isFalse(shape.find("additionalProperties")) && restOf(shape, "additionalProperties") == nullptr &&
               membersOf(shape, "patternProperties").empty();
    }
    /// What stands for a property that is not named, in an object that is partly open.
    const Json* standIn(const Shape& shape, const std::string& name) {
        for (const auto& [pattern, schema] : membersOf(shape, "patternProperties")) {
            if ((m_steps += kStepsOfPattern) > kMaxSteps) {
                break;
            }
            const RE2 compiled(pattern, RE2::Quiet);
            if (compiled.ok() && RE2::PartialMatch(name, compiled)) {
                return &schema;
            }
        }
        return restOf(shape, "additionalProperties");
    }

    void objects(const Shape& writer, const Shape& reader, const std::string& path) {
        const std::string inside = at(path, "properties");
        for (const auto& [name, before] : membersOf(writer, "properties")) {
            if (const Json* now = property(reader, name)) {
                comparePlaces({&before, writer.place.document}, {now, reader.place.document}, at(inside, name));
                if (isRequired(reader, name) && !isRequired(writer, name) && now->find("default") == nullptr) {
                    report("REQUIRED_ATTRIBUTE_ADDED", at(at(path, "required"), name),
                           "A required property at path '" + at(at(path, "required"), name) + "' in " + this->reader() +
                               " is not required in " + this->writer());
                }
            } else {
                removed(writer, reader, name, before, at(inside, name));
            }
        }
        for (const auto& [name, now] : membersOf(reader, "properties")) {
            if (property(writer, name) == nullptr) {
                added(writer, reader, name, now, at(inside, name));
            }
        }
        rest(writer, reader, "additionalProperties", "ADDITIONAL_PROPERTIES", path);
        dependencies(writer, reader, path);
        bounds(writer, reader, kObjectBounds, path);
    }

    void removed(const Shape& writer, const Shape& reader, const std::string& name, const Json& before,
                 const std::string& path) {
        if (isOpen(reader) || isFalse(&before)) {
            return;
        }
        if (const Json* rest = standIn(reader, name)) {
            if (!isReadable([&] {
                    comparePlaces({&before, writer.place.document}, {rest, reader.place.document}, path);
                })) {
                report("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", path,
                       "A property at path '" + path + "' is missing in " + this->reader() +
                           " and not covered by its partially open content model");
            }
            return;
        }
        report("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", path,
               "The " + std::string(m_roles.reader) + " schema has a closed content model and is missing a property" +
                   " or item present at path '" + path + "' in " + this->writer());
    }

    void added(const Shape& writer, const Shape& reader, const std::string& name, const Json& now,
               const std::string& path) {
        if (isOpen(writer)) {
            if (m_reader.make({&now, reader.place.document}).kind != Kind::kAnything) {
                report("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", path,
                       "The " + std::string(m_roles.writer) + " schema has an open content model and is missing a" +
                           " property or item which is present at path '" + path + "' in " + this->reader());
            }
            return;
        }
        if (const Json* rest = standIn(writer, name)) {
            if (!isReadable([&] {
                    comparePlaces({rest, writer.place.document}, {&now, reader.place.document}, path);
                })) {
                report("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", path,
                       "A property at path '" + path + "' of " + this->reader() +
                           " is not covered by the partially open content model of " + this->writer());
                return;
            }
        }
        if (isRequired(reader, name) && now.find("default") == nullptr) {
            report("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", path,
                   "The " + std::string(m_roles.writer) + " schema has an unopen content model and a required" +
                       " property at path '" + path + "' of " + this->reader() + " is missing in it");
        }
    }

    /// additionalProperties and additionalItems.
    void rest(const Shape& writer, const Shape& reader, const char* key, const std::string& word,
              const std::string& path) {
        const bool before = !isFalse(writer.find(key));
        const bool now = !isFalse(reader.find(key));
        const Json* beforeRest = restOf(writer, key);
        const Json* nowRest = restOf(reader, key);
        if (before && !now) {
            report(word + "_REMOVED", at(path, key),
                   "What " + this->writer() + " takes at path '" + at(path, key) + "' is refused by " + this->reader());
        } else if (before && nowRest != nullptr && beforeRest == nullptr) {
            report(word + "_NARROWED", at(path, key),
                   "What is taken at path '" + at(path, key) + "' is narrower in " + this->reader());
        } else if (before && nowRest != nullptr) {
            comparePlaces({beforeRest, writer.place.document}, {nowRest, reader.place.document}, at(path, key));
        }
    }

    void dependencies(const Shape& writer, const Shape& reader, const std::string& path) {
        for (const char* key : {"dependencies", "dependentRequired", "dependentSchemas"}) {
            for (const auto& [name, now] : membersOf(reader, key)) {
                const std::string place = at(at(path, key), name);
                const Json* all = writer.find(key);
                const Json* before = all != nullptr ? all->find(name) : nullptr;
                if (before == nullptr || before->isArray() != now.isArray()) {
                    report(now.isArray() ? "DEPENDENCY_ARRAY_ADDED" : "DEPENDENCY_SCHEMA_ADDED", place,
                           "A dependency at path '" + place + "' is new in " + this->reader());
                } else if (!now.isArray()) {
                    comparePlaces({before, writer.place.document}, {&now, reader.place.document}, place);
                } else if (std::any_of(now.items().begin(), now.items().end(), [&](const Json& each) {
                               return std::none_of(before->items().begin(), before->items().end(),
                                                   [&](const Json& old) { return old.same(each); });
                           })) {
                    report("DEPENDENCY_ARRAY_EXTENDED", place,
                           "A dependency at path '" + place + "' asks for more in " + this->reader());
                }
            }
        }
    }

    // Arrays.

    /// The schemas of the first items, one each; 2020-12 and earlier drafts spell them differently.
    static const std::vector<Json>& tuple(const Shape& shape) {
        static const std::vector<Json> kNone;
        const Json* list = shape.find("prefixItems");
        list = list != nullptr ? list : shape.find("items");
        return list != nullptr && list->isArray() ? list->items() : kNone;
    }
    /// The schema of every item, or of every item after the tuple.
    static const Json* everyItem(const Shape& shape) {
        const Json* items = shape.find("items");
        return items != nullptr && !items->isArray() ? items : shape.find("additionalItems");
    }

    void arrays(const Shape& writer, const Shape& reader, const std::string& path) {
        bounds(writer, reader, kArrayBounds, path);
        const Json* unique = reader.find("uniqueItems");
        const Json* before = writer.find("uniqueItems");
        if (unique != nullptr && unique->isTrue() && (before == nullptr || !before->isTrue())) {
            report("UNIQUE_ITEMS_ADDED", at(path, "uniqueItems"),
                   "Items at path '" + path + "' have to be unique in " + this->reader());
        }
        const auto& first = tuple(writer);
        const auto& second = tuple(reader);
        for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
            items(writer, reader, i, at(at(path, "items"), std::to_string(i)));
        }
        const Json* beforeRest = everyItem(writer);
        const Json* nowRest = everyItem(reader);
        const std::string place = at(path, "items");
        if (nowRest == nullptr || nowRest->isTrue() || isFalse(beforeRest)) {
            return;
        }
        if (isFalse(nowRest)) {
            report("ADDITIONAL_ITEMS_REMOVED", place, "Items at path '" + place + "' are refused by " + this->reader());
        } else if (beforeRest == nullptr) {
            report(first.empty() && second.empty() ? "SCHEMA_ADDED" : "ADDITIONAL_ITEMS_NARROWED", place,
                   "The schema at path '" + place + "' is new in " + this->reader());
        } else {
            comparePlaces({beforeRest, writer.place.document}, {nowRest, reader.place.document}, place);
        }
    }

    void items(const Shape& writer, const Shape& reader, std::size_t index, const std::string& path) {
        const auto& first = tuple(writer);
        const auto& second = tuple(reader);
        if (index < first.size() && index < second.size()) {
            comparePlaces({&first[index], writer.place.document}, {&second[index], reader.place.document}, path);
            return;
        }
        const bool isRemoved = index < first.size();
        const Json* rest = everyItem(isRemoved ? reader : writer);
        const Json* item = isRemoved ? &first[index] : &second[index];
        const char* verb = isRemoved ? "ITEM_REMOVED" : "ITEM_ADDED";
        if (isFalse(rest)) {
            if (isRemoved && !isFalse(item)) {
                report("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", path,
                       "An item at path '" + path + "' is missing in " + this->reader());
            }
        } else if (rest == nullptr || rest->isTrue()) {
            if (!isRemoved && m_reader.make({item, reader.place.document}).kind != Kind::kAnything) {
                report("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", path,
                       "An item at path '" + path + "' of " + this->reader() + " is missing in " + this->writer());
            }
        } else if (!isReadable([&] {
                       comparePlaces({isRemoved ? item : rest, writer.place.document},
                                     {isRemoved ? rest : item, reader.place.document}, path);
                   })) {
            report(std::string(verb) + "_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", path,
                   "An item at path '" + path + "' is not covered by the items of the other schema");
        }
    }

    const JsonDocuments& m_readers;
    const JsonDocuments& m_writers;
    ShapeMaker m_reader;
    ShapeMaker m_writer;
    Roles m_roles;
    std::vector<Incompatibility> m_found;
    std::set<std::pair<const Json*, const Json*>> m_seen;
    std::vector<std::pair<const Json*, const Json*>> m_comparing;
    std::map<const Json*, std::set<std::string_view>> m_required;
    int m_depth = 0;
    int m_steps = 0;
};

}  // namespace

std::vector<Incompatibility> whyUnreadable(const JsonDocuments& reader, const JsonDocuments& writer, Roles roles) {
    return Comparison(reader, writer, roles).run();
}

}  // namespace weir::registry
