// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <functional>
#include <random>

#include "broker/registry/json.h"
#include "broker/registry/schema.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::registry;

namespace {

SchemaPtr parsed(SchemaType type, const std::string& text, const std::vector<Dependency>& dependencies = {}) {
    auto schema = parseSchema(type, text, dependencies, Strictness::kNew);
    if (!schema) {
        qFatal("%s: %s", schema.error().c_str(), text.c_str());
    }
    return *schema;
}

std::string refusal(SchemaType type, const std::string& text) {
    const auto schema = parseSchema(type, text, {}, Strictness::kNew);
    return schema ? std::string() : schema.error();
}

/// The rules that a reader breaks, in order; empty when it reads all.
QString broken(SchemaType type, const char* reader, const char* writer) {
    QStringList kinds;
    for (const auto& each : parsed(type, reader)->whyUnreadable(*parsed(type, writer), {"new", "old"})) {
        kinds << QString::fromStdString(each.kind);
    }
    return kinds.join(' ');
}

Bytes bytes(std::initializer_list<int> values) {
    Bytes result;
    for (const int value : values) {
        result.push_back(static_cast<std::byte>(value));
    }
    return result;
}

}  // namespace

/// The three schema languages: canonical forms, what can read what, and values as JSON.
class TstSchemaRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonKeepsOrderAndDigitsAndRefusesWhatIsNone() {
        const auto json = Json::parse(R"( {"b": 1.50, "a":[1e400,"\u00e9\ud83d\ude00\n"], "b":2} )");
        QVERIFY(json);
        QCOMPARE(json->toText(), std::string("{\"b\":2,\"a\":[1e400,\"\xc3\xa9\xf0\x9f\x98\x80\\n\"]}"));
        for (const char* bad : {"", "{", "[1,]", "01", "1.", "\"\\x\"", "\"\\ud800\"", "nul", "{\"a\" 1}", "1 2",
                                "\"\x01\"", "\"\xff\"", "-", "+1", "{\"a\":1,}"}) {
            QVERIFY2(!Json::parse(bad), bad);
        }
        QVERIFY(!Json::parse(std::string(100'000, '[')));
        QVERIFY(Json::parse(std::string(Json::kMaxDepth, '[') + std::string(Json::kMaxDepth, ']')));
    }

    void canonicalAvroIsAsAvrosOwnLibraryWritesIt_data() {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("canonical");
        const auto row = [](const char* name, const char* a, const char* b) { QTest::newRow(name) << a << b; };
        row("primitive", R"({"type": "string"})", R"("string")");
        row("logical", R"({"logicalType":"date","type":"int"})", R"({"type":"int","logicalType":"date"})");
        row("record",
            R"({"fields":[{"type":["null","int"],"name":"a","default":null,"doc":"d"}],"name":"x.R","type":"record"})",
            R"({"type":"record","name":"R","namespace":"x","fields":[{"name":"a","type":["null","int"],"doc":"d","default":null}]})");
        row("recursive",
            R"({"type":"record","name":"L","namespace":"n","fields":[{"name":"next","type":["null","n.L"]}],"aliases":["K"]})",
            R"({"type":"record","name":"L","namespace":"n","fields":[{"name":"next","type":["null","L"]}],"aliases":["K"]})");
        row("nested",
            R"({"type":"record","name":"R","fields":[{"name":"e","type":{"name":"E","type":"enum","symbols":["A","B"],"default":"A"}},{"name":"f","type":"E","order":"ignore"}],"extra":{"b":1,"a":2}})",
            R"({"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}},{"name":"f","type":"E","order":"ignore"}],"extra":{"b":1,"a":2}})");
    }
    void canonicalAvroIsAsAvrosOwnLibraryWritesIt() {
        QFETCH(QString, written);
        QFETCH(QString, canonical);
        const auto schema = parsed(SchemaType::kAvro, written.toStdString());
        QCOMPARE(QString::fromStdString(schema->canonical()), canonical);
        QCOMPARE(parsed(SchemaType::kAvro, schema->canonical())->canonical(), schema->canonical());
    }

    void wrongAvroIsRefusedInWords() {
        const std::pair<const char*, const char*> cases[] = {
            {"{", "byte"},
            {R"("nope")", "Undefined name"},
            {R"({"type":"record","name":"R"})", "no fields"},
            {R"({"type":"record","name":"1R","fields":[]})", "Illegal name"},
            {R"({"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]})", "Invalid default"},
            {R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]})",
             "Duplicate field"},
            {R"(["int","int"])", "Duplicate in union"},
            {R"(["int",["string"]])", "Nested union"},
            {R"({"type":"enum","name":"E","symbols":["A","A"]})", "Duplicate enum symbol"},
            {R"({"type":"enum","name":"E","symbols":["A"],"default":"B"})", "Enum Default"},
            {R"({"type":"fixed","name":"F","size":-1})", "size"},
            {R"({"type":"array"})", "items"},
            {R"({"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"R","symbols":[]}}]})",
             "redefine"},
            // Defaults that unfold without end.
            {R"({"type":"record","name":"R","fields":[{"name":"a","type":"R","default":{}},{"name":"b","type":"R","default":{}}]})",
             "Invalid default"}};
        for (const auto& [text, word] : cases) {
            const std::string error = refusal(SchemaType::kAvro, text);
            QVERIFY2(error.find(word) != std::string::npos, (std::string(text) + " -> " + error).c_str());
        }
    }

    void avroIsReadByItsRulesOfResolution_data() {
        QTest::addColumn<QString>("reader");
        QTest::addColumn<QString>("writer");
        QTest::addColumn<QString>("rules");
        const auto row = [](const char* name, const char* reader, const char* writer, const char* rules) {
            QTest::newRow(name) << reader << writer << rules;
        };
        row("same", R"("int")", R"("int")", "");
        for (const auto& [writer, reader] :
             std::initializer_list<std::pair<const char*, const char*>>{{"int", "long"},
                                                                        {"int", "float"},
                                                                        {"int", "double"},
                                                                        {"long", "float"},
                                                                        {"long", "double"},
                                                                        {"float", "double"},
                                                                        {"string", "bytes"},
                                                                        {"bytes", "string"}}) {
            const auto quoted = [](const char* word) { return QString("\"%1\"").arg(word); };
            QTest::newRow(qPrintable(QString("%1 to %2").arg(writer, reader)))
                << quoted(reader) << quoted(writer) << "";
            if (QString(writer) != "string" && QString(writer) != "bytes") {
                QTest::newRow(qPrintable(QString("not %2 to %1").arg(writer, reader)))
                    << quoted(writer) << quoted(reader) << "TYPE_MISMATCH";
            }
        }
        row("array", R"({"type":"array","items":"long"})", R"({"type":"array","items":"int"})", "");
        row("map", R"({"type":"map","values":"int"})", R"({"type":"map","values":"string"})", "TYPE_MISMATCH");
        row("fixed size", R"({"type":"fixed","name":"F","size":4})", R"({"type":"fixed","name":"F","size":8})",
            "FIXED_SIZE_MISMATCH");
        row("fixed name", R"({"type":"fixed","name":"G","size":4})", R"({"type":"fixed","name":"F","size":4})",
            "NAME_MISMATCH");
        row("fixed alias", R"({"type":"fixed","name":"G","size":4,"aliases":["F"]})",
            R"({"type":"fixed","name":"F","size":4})", "");
        row("enum grows", R"({"type":"enum","name":"E","symbols":["A","B"]})",
            R"({"type":"enum","name":"E","symbols":["A"]})", "");
        row("enum shrinks", R"({"type":"enum","name":"E","symbols":["A"]})",
            R"({"type":"enum","name":"E","symbols":["A","B"]})", "MISSING_ENUM_SYMBOLS");
        row("enum default", R"({"type":"enum","name":"E","symbols":["A"],"default":"A"})",
            R"({"type":"enum","name":"E","symbols":["A","B"]})", "");
        row("field with default", R"({"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]})",
            R"({"type":"record","name":"R","fields":[]})", "");
        row("field without", R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})",
            R"({"type":"record","name":"R","fields":[]})", "READER_FIELD_MISSING_DEFAULT_VALUE");
        row("field gone", R"({"type":"record","name":"R","fields":[]})",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})", "");
        row("field renamed", R"({"type":"record","name":"R","fields":[{"name":"b","type":"int","aliases":["a"]}]})",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})", "");
        row("other namespace", R"({"type":"record","name":"x.R","fields":[]})",
            R"({"type":"record","name":"y.R","fields":[]})", "");
        row("union grows", R"(["null","int"])", R"("int")", "");
        row("union shrinks", R"("int")", R"(["null","int"])", "TYPE_MISMATCH");
        row("union branch", R"(["null","int"])", R"(["null","string"])", "MISSING_UNION_BRANCH");
        QTest::newRow("union promotes all") << R"(["null","double"])"
                                            << R"(["null","int","float"])"
                                            << "";
        row("recursive",
            R"({"type":"record","name":"L","fields":[{"name":"v","type":"long"},{"name":"n","type":["null","L"]}]})",
            R"({"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"n","type":["null","L"]}]})",
            "");
        row("recursive not",
            R"({"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"n","type":["null","L"]}]})",
            R"({"type":"record","name":"L","fields":[{"name":"v","type":"string"},{"name":"n","type":["null","L"]}]})",
            "TYPE_MISMATCH");
    }
    void avroIsReadByItsRulesOfResolution() {
        QFETCH(QString, reader);
        QFETCH(QString, writer);
        QFETCH(QString, rules);
        QCOMPARE(broken(SchemaType::kAvro, qPrintable(reader), qPrintable(writer)), rules);
    }

    void jsonSchemasFollowOpenAndClosedContentModels_data() {
        QTest::addColumn<QString>("reader");
        QTest::addColumn<QString>("writer");
        QTest::addColumn<QString>("rules");
        const auto row = [](const char* name, const char* reader, const char* writer, const char* rules) {
            QTest::newRow(name) << reader << writer << rules;
        };
        const char* closed = R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})";
        const char* open = R"({"type":"object","properties":{"a":{"type":"string"}}})";
        const char* closedTwo =
            R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"additionalProperties":false})";
        const char* openTwo = R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}}})";
        row("same", open, open, "");
        row("added to closed", closedTwo, closed, "");
        row("removed from closed", closed, closedTwo, "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL");
        row("added to open", openTwo, open, "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL");
        row("removed from open", open, openTwo, "");
        row("opened", open, closed, "");
        row("closed", closed, open, "ADDITIONAL_PROPERTIES_REMOVED");
        row("required in closed",
            R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"required":["b"],"additionalProperties":false})",
            closed, "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL");
        row("required with default",
            R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number","default":1}},"required":["b"],"additionalProperties":false})",
            closed, "");
        row("became required", R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})", open,
            "REQUIRED_ATTRIBUTE_ADDED");
        row("covered",
            R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"additionalProperties":{"type":"number"}})",
            R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"}})", "");
        row("not covered",
            R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"additionalProperties":{"type":"number"}})",
            R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"number"}})",
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL");
        row("type", R"({"type":"string"})", R"({"type":"number"})", "TYPE_CHANGED");
        row("type widened", R"({"type":["string","null"]})", R"({"type":"string"})", "");
        row("type narrowed", R"({"type":"string"})", R"({"type":["string","null"]})", "TYPE_CHANGED");
        row("number", R"({"type":"number"})", R"({"type":"integer"})", "");
        row("integer", R"({"type":"integer"})", R"({"type":"number"})", "TYPE_NARROWED");
        row("longer", R"({"type":"string","maxLength":9})", R"({"type":"string","maxLength":5})", "");
        row("shorter", R"({"type":"string","maxLength":4})", R"({"type":"string","maxLength":5})",
            "MAX_LENGTH_DECREASED");
        row("minimum", R"({"type":"number","minimum":1})", R"({"type":"number"})", "MINIMUM_ADDED");
        row("pattern", R"({"type":"string","pattern":"a"})", R"({"type":"string","pattern":"b"})", "PATTERN_CHANGED");
        row("enum grows", R"({"enum":[1,2,3]})", R"({"enum":[1.0,2]})", "");
        row("enum shrinks", R"({"enum":[1]})", R"({"enum":[1,2]})", "ENUM_ARRAY_NARROWED");
        row("anything", R"(true)", R"({"type":"string"})", "");
        row("nothing", R"({"type":"string"})", R"(false)", "");
        row("anyOf grows", R"({"anyOf":[{"type":"string"},{"type":"null"}]})", R"({"anyOf":[{"type":"null"}]})", "");
        row("oneOf shrinks", R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
            R"({"oneOf":[{"type":"null"},{"type":"string"},{"type":"number"}]})", "SUM_TYPE_NARROWED");
        row("allOf grows", R"({"allOf":[{"type":"string"},{"minLength":2}]})", R"({"type":"string"})", "TYPE_CHANGED");
        row("items", R"({"type":"array","items":{"type":"integer"}})", R"({"type":"array","items":{"type":"number"}})",
            "TYPE_NARROWED");
        row("unique", R"({"type":"array","uniqueItems":true})", R"({"type":"array"})", "UNIQUE_ITEMS_ADDED");
        row("by reference", R"({"$ref":"#/definitions/x","definitions":{"x":{"type":"integer"}}})",
            "{\"$ref\":\"#/$defs/y\",\"$defs\":{\"y\":{\"type\":\"number\"}}}", "TYPE_NARROWED");
        row("recursive", "{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#\"}}}",
            "{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#\"}}}", "");
        row("not itself", "{\"not\":{\"$ref\":\"#\"}}", "{\"not\":{\"$ref\":\"#\"}}", "NOT_TYPE_EXTENDED");
    }
    void jsonSchemasFollowOpenAndClosedContentModels() {
        QFETCH(QString, reader);
        QFETCH(QString, writer);
        QFETCH(QString, rules);
        QCOMPARE(broken(SchemaType::kJson, qPrintable(reader), qPrintable(writer)), rules);
    }

    void protobufIsComparedByNumberAndType_data() {
        QTest::addColumn<QString>("reader");
        QTest::addColumn<QString>("writer");
        QTest::addColumn<QString>("rules");
        const auto row = [](const char* name, const QString& reader, const QString& writer, const char* rules) {
            const auto file = [](const QString& body) { return "syntax = \"proto3\"; " + body; };
            QTest::newRow(name) << file(reader) << file(writer) << rules;
        };
        const QString one = "message M { int32 a = 1; }";
        row("same", one, one, "");
        row("field added", "message M { int32 a = 1; string b = 2; }", one, "");
        row("field removed", "message M { }", one, "");
        row("field renamed", "message M { int32 z = 1; }", one, "");
        row("package renamed", "package p; message M { int32 a = 1; }", one, "");
        row("varints", "message M { uint64 a = 1; }", one, "");
        row("enum for int", "enum E { X = 0; } message M { E a = 1; }", one, "");
        row("zigzag", "message M { sint32 a = 1; }", one, "FIELD_SCALAR_KIND_CHANGED");
        row("string for bytes", "message M { string a = 1; }", "message M { bytes a = 1; }", "");
        row("kind", "message N { } message M { N a = 1; }", one, "FIELD_KIND_CHANGED");
        row("repeated", "message M { repeated int32 a = 1; }", one, "FIELD_NUMERIC_LABEL_CHANGED");
        row("message removed", "message N { }", one, "MESSAGE_REMOVED");
        row("nested removed", "message M { }", "message M { message I { } }", "MESSAGE_REMOVED");
        row("other message", "message A { } message B { } message M { B m = 1; }",
            "message A { } message B { } message M { A m = 1; }", "FIELD_NAMED_TYPE_CHANGED");
        row("map value", "message M { map<string, string> m = 1; }", "message M { map<string, int32> m = 1; }",
            "FIELD_SCALAR_KIND_CHANGED");
        row("oneof field removed", "message M { oneof o { int32 a = 1; } }",
            "message M { oneof o { int32 a = 1; int32 b = 2; } }", "ONEOF_FIELD_REMOVED");
        row("one into a oneof", "message M { oneof o { int32 a = 1; int32 c = 3; } }", one, "");
        row("two into a oneof", "message M { oneof o { int32 a = 1; int32 b = 2; } }",
            "message M { int32 a = 1; int32 b = 2; }", "MULTIPLE_FIELDS_MOVED_TO_ONEOF");
        QTest::newRow("required added") << R"(syntax="proto2"; message M { required int32 a = 1; })"
                                        << R"(message M { })"
                                        << "REQUIRED_FIELD_ADDED";
    }
    void protobufIsComparedByNumberAndType() {
        QFETCH(QString, reader);
        QFETCH(QString, writer);
        QFETCH(QString, rules);
        QCOMPARE(broken(SchemaType::kProtobuf, qPrintable(reader), qPrintable(writer)), rules);
    }

    void aProtoFileIsTheSameAsTextAndSerialized() {
        const auto text =
            parsed(SchemaType::kProtobuf,
                   "// a comment\nsyntax=\"proto3\";package a.b;\n import \"google/protobuf/timestamp.proto\";"
                   "message M{google.protobuf.Timestamp t=1; N n = 2;} message N { optional int32 x = 1; }");
        const auto again = parsed(SchemaType::kProtobuf, text->canonical());
        const auto binary = parsed(SchemaType::kProtobuf, text->formatted("serialized"));
        QCOMPARE(again->canonical(), text->canonical());
        QCOMPARE(binary->canonical(), text->canonical());
        QCOMPARE(text->name(), std::string("a.b.M"));
        QVERIFY(text->canonical().find("comment") == std::string::npos);
        QVERIFY(!refusal(SchemaType::kProtobuf, "message M { Missing m = 1; }").empty());
        QVERIFY(!refusal(SchemaType::kProtobuf, "message M { int32 a = 1; int32 b = 1; }").empty());
        QVERIFY(!refusal(SchemaType::kProtobuf, "{}{}").empty());
        std::string deep = "syntax = \"proto3\"; ";
        for (int i = 0; i < 10'000; ++i) {
            deep += "message M {";
        }
        QVERIFY(!refusal(SchemaType::kProtobuf, deep).empty());
    }

    void valuesAreShownAsJson() {
        const auto avro = parsed(SchemaType::kAvro, R"({"type":"record","name":"R","fields":[
            {"name":"s","type":"string"},
            {"name":"u","type":["null","long"]},
            {"name":"a","type":{"type":"array","items":"int"}},
            {"name":"m","type":{"type":"map","values":"boolean"}},
            {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
            {"name":"d","type":{"type":"double"}},{"name":"day","type":{"type":"int","logicalType":"date"}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}},
            {"name":"raw","type":"bytes"}]})");
        const Bytes value = bytes({4,    'h',  'i',  2, 0x7f, 4, 2, 3, 0,    2,    2,    'k',  1,
                                   0,    2,    0,    0, 0,    0, 0, 0, 0xf8, 0x3f, 0x9c, 0xa7, 0x02,  // 18,894 days
                                   0xd0, 0x0f,                                                        // 1,000 ms
                                   4,    0xfb, 0x2e,                                                  // -1234
                                   4,    0x00, 0xff});
        const auto json = avro->toJson(value);
        QVERIFY2(json.ok(), json ? "" : json.error().c_str());
        QCOMPARE(*json, std::string("{\"s\":\"hi\",\"u\":-64,\"a\":[1,-2],\"m\":{\"k\":true},\"e\":\"B\",\"d\":1.5,"
                                    "\"day\":\"2021-09-24\",\"at\":\"1970-01-01T00:00:01.000Z\",\"price\":\"-12.34\","
                                    "\"raw\":\"\\u0000\xc3\xbf\"}"));
        for (std::size_t cut = 0; cut < value.size(); ++cut) {
            QVERIFY(!avro->toJson(ByteView(value).first(cut)));
        }
        // A block of 2^62 nulls costs what may be shown, not 2^62.
        QVERIFY(!parsed(SchemaType::kAvro, R"({"type":"array","items":"null"})")
                     ->toJson(bytes({0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})));

        const auto proto =
            parsed(SchemaType::kProtobuf,
                   "syntax = \"proto3\"; message A { } message M { message I { int32 x = 1; } string s = 1; }");
        QCOMPARE(*proto->toJson(bytes({4, 2, 0, 0x08, 0x05})), std::string("{\"x\":5}"));
        QCOMPARE(*proto->toJson(bytes({2, 2, 0x0a, 2, 'h', 'i'})), std::string("{\"s\":\"hi\"}"));
        QCOMPARE(*proto->toJson(bytes({0})), std::string("{}"));
        QVERIFY(!proto->toJson(bytes({2, 6})));
        QVERIFY(!proto->toJson(bytes({})));
        QVERIFY(!proto->toJson(bytes({2, 2, 0x0a, 200, 'h'})));
    }

    void jsonBecomesWhatIsShownAsThatJson() {
        const auto avro = parsed(SchemaType::kAvro, R"({"type":"record","name":"n.R","fields":[
            {"name":"s","type":"string"},{"name":"u","type":["null","long"],"default":null},
            {"name":"a","type":{"type":"array","items":"int"}},{"name":"m","type":{"type":"map","values":"boolean"}},
            {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]},"default":"A"},
            {"name":"d","type":"double"},{"name":"day","type":{"type":"int","logicalType":"date"}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
            {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}},
            {"name":"raw","type":{"type":"fixed","name":"F","size":2}}]})");
        const std::string full = R"({"s":"hé","u":-64,"a":[1,-2],"m":{"k":true},"e":"B","d":1.5,"day":"2021-09-24",)"
                                 R"("at":"1969-12-31T23:59:59.000001Z","price":"-12.34","raw":"\u0000ÿ"})";
        const auto bytes = avro->fromJson(full);
        QVERIFY2(bytes.ok(), bytes ? "" : bytes.error().c_str());
        QCOMPARE(*avro->toJson(*bytes), full);
        for (const char* price : {"0.00", "-0.01", "1.28", "-1.28", "327.68", "-327.68", "99999999.99"}) {
            const auto one = avro->fromJson(std::string(full).replace(full.find("-12.34"), 6, price));
            QVERIFY(one && avro->toJson(*one)->find(std::string("\"") + price + "\"") != std::string::npos);
        }
        // What is missing gets its default; a branch may be named as Avro's own JSON names it.
        const auto least =
            avro->fromJson(R"({"s":"","u":{"long":7},"a":[],"m":{},"d":"NaN","day":0,"at":1,"price":1.5,"raw":"ab"})");
        QVERIFY2(least.ok(), least ? "" : least.error().c_str());
        QVERIFY(avro->toJson(*least)->find(R"("u":7,"a":[],"m":{},"e":"A","d":"NaN")") != std::string::npos);

        const auto json = parsed(SchemaType::kJson,
                                 "{\"type\":\"object\",\"properties\":{\"id\":{\"$ref\":\"#/$defs/i\"}},"
                                 "\"$defs\":{\"i\":{\"type\":\"integer\",\"minimum\":1}}}");
        QCOMPARE(asText(*json->fromJson("{ \"id\": 3 }")), std::string_view("{\"id\":3}"));
        const auto proto =
            parsed(SchemaType::kProtobuf, "syntax = \"proto3\"; message M { string s = 1; int64 n = 2; }");
        QCOMPARE(*proto->toJson(*proto->fromJson(R"({"s":"hi","n":5})")), std::string(R"({"s":"hi","n":"5"})"));
        QVERIFY(!proto->fromJson(R"({"other":1})"));
    }

    void whatDoesNotFitIsSaidWithItsPlace_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("schema");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("word");
        const auto row = [](SchemaType type, const char* schema, const char* value, const char* word) {
            QTest::newRow(word) << static_cast<int>(type) << schema << value << word;
        };
        const char* record =
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null}]})";
        row(SchemaType::kAvro, record, R"({"a":"x"})", "$.a: expected int, found \"x\"");
        row(SchemaType::kAvro, record, "{}", "the field a is missing");
        row(SchemaType::kAvro, record, R"({"a":1,"c":2})", "has no field c");
        row(SchemaType::kAvro, record, R"({"a":1,"b":2})", "$.b: expected one of null, string");
        row(SchemaType::kAvro, record, R"({"a":3000000000})", "does not fit an int");
        row(SchemaType::kAvro, R"({"type":"array","items":{"type":"enum","name":"E","symbols":["X"]}})", R"(["X","Y"])",
            "$[1]: expected one of X");
        row(SchemaType::kAvro, R"({"type":"int","logicalType":"date"})", "\"2021-02-30\"", "$: expected date");
        row(SchemaType::kAvro, R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":1})", "\"1.25\"",
            "1 digits after the point");
        row(SchemaType::kAvro, R"("string")", "{", "byte");
        const char* object =
            R"({"type":"object","properties":{"a":{"type":"string","maxLength":2,"pattern":"^x"},"n":{"type":"number","exclusiveMinimum":0,"multipleOf":0.5}},"required":["a"],"additionalProperties":false})";
        row(SchemaType::kJson, object, "{}", "the property a is missing");
        row(SchemaType::kJson, object, R"({"a":"xyz"})", "$.a: 3 characters, more than 2");
        row(SchemaType::kJson, object, R"({"a":"y"})", "does not fit the pattern");
        row(SchemaType::kJson, object, R"({"a":"x","n":0})", "is not more than 0");
        row(SchemaType::kJson, object, R"({"a":"x","n":0.7})", "a multiple of");
        row(SchemaType::kJson, object, R"({"a":"x","z":1})", "has no property z");
        row(SchemaType::kJson, R"({"type":"array","items":{"type":"integer"},"uniqueItems":true})", "[1,2.5]",
            "$[1]: expected integer");
        row(SchemaType::kJson, R"({"uniqueItems":true})", "[1,1.0]", "items 0 and 1 are the same");
        row(SchemaType::kJson, R"({"oneOf":[{"type":"number"},{"type":"integer"}]})", "1", "2 of oneOf fit");
        row(SchemaType::kJson, R"({"if":{"required":["a"]},"then":{"required":["b"]}})", R"({"a":1})",
            "the property b is missing");
        row(SchemaType::kJson, "{\"properties\":{\"n\":{\"$ref\":\"#\"}},\"maxProperties\":1}",
            R"({"n":{"n":{"n":{},"m":1}}})", "$.n.n: 2 properties");
    }
    void whatDoesNotFitIsSaidWithItsPlace() {
        QFETCH(int, type);
        QFETCH(QString, schema);
        QFETCH(QString, value);
        QFETCH(QString, word);
        const auto made = parsed(static_cast<SchemaType>(type), schema.toStdString())->fromJson(value.toStdString());
        QVERIFY(!made);
        QVERIFY2(QString::fromStdString(made.error()).contains(word), made.error().c_str());
    }

    /// Texts with pieces cut, doubled and swapped: an answer, whatever it is.
    void mutilatedSchemasAreAnswered() {
        const std::uint32_t seed = testing::printedSeed();
        std::mt19937 random(seed);
        const std::vector<std::pair<SchemaType, std::string>> good{
            {SchemaType::kAvro,
             R"({"type":"record","name":"R","fields":[{"name":"a","type":["null",{"type":"map","values":"R"}],"default":null},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}}]})"},
            {SchemaType::kJson,
             "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/"
             "x\"},\"b\":{\"anyOf\":[{\"type\":\"null\"},{\"not\":{\"enum\":[1]}}]}},\"$defs\":{\"x\":{\"type\":"
             "\"array\",\"items\":{\"$ref\":\"#\"}}}}"},
            {SchemaType::kProtobuf,
             "syntax = \"proto3\"; package p; message M { map<string, M> m = 1; oneof o { int32 a = 2; N n = 3; } enum "
             "N { X = 0; } }"}};
        for (int i = 0; i < 3000; ++i) {
            const auto& [type, text] = good[static_cast<std::size_t>(i) % good.size()];
            std::string changed = text;
            for (auto j = random() % 3 + 1; j > 0 && !changed.empty(); --j) {
                const std::size_t from = random() % changed.size();
                const std::string piece = changed.substr(from, random() % 12);
                changed.erase(from, random() % 4);
                changed.insert(std::min(changed.size(), std::size_t{random() % text.size()}), piece);
            }
            const auto schema = parseSchema(type, changed, {}, Strictness::kNew);
            if (schema) {
                const auto original = parsed(type, text);
                (void)(*schema)->whyUnreadable(*original, {"new", "old"});
                (void)original->whyUnreadable(**schema, {"new", "old"});
                QVERIFY2(parseSchema(type, (*schema)->canonical(), {}, Strictness::kStored).ok(), changed.c_str());
                Bytes value(random() % 20);
                for (std::byte& b : value) {
                    b = static_cast<std::byte>(random());
                }
                (void)(*schema)->toJson(value);
            }
        }
    }

    void largeSchemasAreComparedInBoundedTime() {
        // A sanitizer makes every step cost thirty: there, less of the same.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        constexpr int kRecords = 80;
        constexpr int kBranches = 2;
#else
        constexpr int kRecords = 5000;
        constexpr int kBranches = 20;
#endif
        // Each record refers to the one before: as deep as there are records.
        std::string chain = "[";
        for (int i = 0; i < kRecords; ++i) {
            chain += (i > 0 ? "," : "") + std::string(R"({"type":"record","name":"A)") + std::to_string(i) +
                     R"(","fields":[{"name":"x","type":")" + (i > 0 ? "A" + std::to_string(i - 1) : "int") + "\"}]}";
        }
        chain += "]";
        const auto deep = parsed(SchemaType::kAvro, chain);
        (void)deep->whyUnreadable(*deep, {"new", "old"});
        std::string combined = R"({"$defs":{"x":{"anyOf":[)";
        for (int i = 0; i < kBranches; ++i) {
            combined +=
                std::string(i > 0 ? "," : "") + R"({"anyOf":[{"$ref":"#/$defs/x"},{"type":"string"},{"$ref":"#"}]})";
        }
        combined += R"(]}},"allOf":[{"$ref":"#/$defs/x"},{"type":"number"}]})";
        const auto wide = parsed(SchemaType::kJson, combined);
        (void)wide->whyUnreadable(*wide, {"new", "old"});
    }
};

QTEST_APPLESS_MAIN(TstSchemaRules)
#include "tst_schema_rules.moc"
