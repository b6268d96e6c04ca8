// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_schemas.h"

#include <QTimer>
#include <algorithm>

#include "tests/support/fake_backend.h"

namespace weir::ui::test {

template <class T>
void FakeSchemas::give(QObject* context, Callback<T> done, ClusterResult<T> result) {
    if (const auto failure = m_asked.takeFailure()) {
        result = fail(*failure);
    }
    QTimer::singleShot(0, context, [done = std::move(done), result = std::move(result)] { done(result); });
}

SchemaRegistryState FakeSchemas::state() const {
    SchemaRegistryState state{url.toStdString(), level, {}};
    for (const auto& [name, versions] : list) {
        const auto own = ownLevels.find(name);
        state.subjects.push_back({versions.back(), static_cast<int>(versions.size()),
                                  own == ownLevels.end() ? level : own->second, own != ownLevels.end()});
    }
    return state;
}

void FakeSchemas::encode(const QString& subject, std::optional<int> version, const QString& json, QObject* context,
                         Callback<Bytes> done) {
    m_asked.add(QStringLiteral("encode %1 %2").arg(subject).arg(version.value_or(-1)));
    const auto found = list.find(subject.toStdString());
    if (found == list.end() || json == QLatin1String("wrong")) {
        return give<Bytes>(context, std::move(done),
                           fail(ClusterError{ClusterErrc::kInvalid, 0, "The value does not fit the schema."}));
    }
    Bytes framed(5);
    storeBigEndian(framed.data() + 1, static_cast<std::int32_t>(found->second.back().id));
    const QByteArray text = json.toUtf8();
    const ByteView view = asBytes(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
    framed.insert(framed.end(), view.begin(), view.end());
    give<Bytes>(context, std::move(done), framed);
}

void FakeSchemas::look(QObject* context, Callback<SchemaRegistryState> done) {
    give<SchemaRegistryState>(context, std::move(done), state());
}

void FakeSchemas::versions(const QString& subject, QObject* context, Callback<std::vector<SchemaVersion>> done) {
    const auto found = list.find(subject.toStdString());
    if (found == list.end()) {
        return give<std::vector<SchemaVersion>>(context, std::move(done),
                                                fail(ClusterError{ClusterErrc::kNotFound, 0, "No such subject."}));
    }
    give<std::vector<SchemaVersion>>(context, std::move(done), found->second);
}

void FakeSchemas::check(const NewSchema& schema, QObject* context, Callback<SchemaVerdict> done) {
    m_asked.add(QStringLiteral("checkSchema ") + QString::fromStdString(schema.subject));
    if (schema.text.find_first_of("{\"") == std::string::npos) {
        return give<SchemaVerdict>(context, std::move(done),
                                   fail(ClusterError{ClusterErrc::kInvalid, 0, "Not a schema."}));
    }
    SchemaVerdict verdict{level, {}, conflicts, 0};
    if (const auto found = list.find(schema.subject); found != list.end()) {
        const auto known = std::find_if(found->second.begin(), found->second.end(),
                                        [&](const auto& each) { return each.text == schema.text; });
        if (known != found->second.end()) {
            verdict.known = *known;
        } else if (!conflicts.empty()) {
            verdict.against = found->second.back().version;
        }
    }
    give<SchemaVerdict>(context, std::move(done), verdict);
}

void FakeSchemas::add(const NewSchema& schema, QObject* context, Callback<SchemaVersion> done) {
    m_asked.add(QStringLiteral("addSchema ") + QString::fromStdString(schema.subject));
    if (!conflicts.empty()) {
        return give<SchemaVersion>(context, std::move(done),
                                   fail(ClusterError{ClusterErrc::kRefused, 0, conflicts.front()}));
    }
    auto& versions = list[schema.subject];
    const int number = versions.empty() ? 1 : versions.back().version + 1;
    versions.push_back({schema.subject, number, m_nextId++, schema.type, schema.text, schema.references});
    give<SchemaVersion>(context, std::move(done), versions.back());
}

void FakeSchemas::remove(const QString& subject, std::optional<int> version, QObject* context,
                         Callback<std::vector<int>> done) {
    m_asked.add(QStringLiteral("removeSchema %1 %2").arg(subject).arg(version.value_or(0)));
    const std::string name = subject.toStdString();
    std::vector<int> gone;
    std::vector<SchemaVersion> left;
    for (const SchemaVersion& each : list[name]) {
        if (version && each.version != *version) {
            left.push_back(each);
        } else {
            gone.push_back(each.version);
            m_removed[name].push_back(each);
        }
    }
    list[name] = left;
    if (left.empty()) {
        list.erase(name);
        ownLevels.erase(name);
    }
    give<std::vector<int>>(context, std::move(done), gone);
}

void FakeSchemas::restore(const QString& subject, const std::vector<int>& versions, QObject* context,
                          Callback<void> done) {
    m_asked.add(QStringLiteral("restoreSchema ") + subject);
    const std::string name = subject.toStdString();
    auto& into = list[name];
    for (const SchemaVersion& each : m_removed[name]) {
        if (std::find(versions.begin(), versions.end(), each.version) != versions.end()) {
            into.push_back(each);
        }
    }
    std::sort(into.begin(), into.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
    give<void>(context, std::move(done), {});
}

void FakeSchemas::setCompatibility(const QString& subject, const QString& wanted, QObject* context,
                                   Callback<void> done) {
    m_asked.add(QStringLiteral("compatibility %1=%2").arg(subject, wanted));
    if (subject.isEmpty()) {
        level = wanted.toStdString();
    } else if (wanted.isEmpty()) {
        ownLevels.erase(subject.toStdString());
    } else {
        ownLevels[subject.toStdString()] = wanted.toStdString();
    }
    give<void>(context, std::move(done), {});
}

void FakeSchemas::listen(int port, QObject* context, Callback<SchemaRegistryState> done) {
    m_asked.add(QStringLiteral("listen %1").arg(port));
    if (const auto failure = m_asked.takeFailure()) {
        return give<SchemaRegistryState>(context, std::move(done), fail(*failure));
    }
    url = port < 0 ? QString() : QStringLiteral("http://127.0.0.1:%1").arg(port == 0 ? 43'210 : port);
    give<SchemaRegistryState>(context, std::move(done), state());
}

void FakeSchemas::fill() {
    url = QStringLiteral("http://127.0.0.1:8081");
    const std::string begin = "{\n  \"type\": \"record\",\n  \"name\": \"Order\",\n  \"namespace\": \"shop\",\n";
    const std::string fields =
        "  \"fields\": [\n    {\n      \"name\": \"id\",\n      \"type\": \"string\"\n    },\n    {\n      \"name\": "
        "\"total\",\n      \"type\": \"double\"\n    }";
    const std::string currency =
        ",\n    {\n      \"name\": \"currency\",\n      \"type\": \"string\",\n      \"default\": \"EUR\"\n    }";
    const std::string coupon =
        ",\n    {\n      \"name\": \"coupon\",\n      \"type\": [\n        \"null\",\n        \"string\"\n      ],\n   "
        "   "
        "\"default\": null\n    }";
    const std::string end = "\n  ]\n}";
    const std::string first = begin + fields + end;
    const std::string second = begin + fields + currency + end;
    const std::string third = begin + "  \"doc\": \"What a customer bought.\",\n" + fields + currency + coupon + end;
    list["orders-value"] = {{"orders-value", 1, 1, "AVRO", first, {}},
                            {"orders-value", 2, 4, "AVRO", second, {}},
                            {"orders-value", 3, 9, "AVRO", third, {}}};
    list["orders-key"] = {{"orders-key", 1, 2, "AVRO", R"("string")", {}}};
    list["customers-value"] = {
        {"customers-value",
         1,
         3,
         "JSON",
         R"({"$schema":"http://json-schema.org/draft-07/schema#","title":"Customer","type":"object",)"
         R"("properties":{"id":{"type":"string"},"name":{"type":"string"},"vip":{"type":"boolean"}},)"
         R"("required":["id"]})",
         {}}};
    list["stocks.trades-value"] = {
        {"stocks.trades-value",
         1,
         5,
         "PROTOBUF",
         "syntax = \"proto3\";\npackage stocks;\n\nmessage Trade {\n  string symbol = 1;\n  double price = 2;\n  int64 "
         "size = 3;\n}\n",
         {}},
        {"stocks.trades-value",
         2,
         7,
         "PROTOBUF",
         "syntax = \"proto3\";\npackage stocks;\n\nimport \"money.proto\";\n\nmessage Trade {\n  string symbol = 1;\n  "
         "double price = 2;\n  int64 size = 3;\n  string venue = 4;\n}\n",
         {{"money.proto", "money", 1}}}};
    ownLevels["stocks.trades-value"] = "FULL_TRANSITIVE";
}

}  // namespace weir::ui::test
