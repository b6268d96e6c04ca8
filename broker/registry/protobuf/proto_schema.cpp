// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/protobuf/plugin.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "broker/registry/base64.h"
#include "broker/registry/protobuf/proto_compatibility.h"

namespace weir::registry {

namespace pb = google::protobuf;

namespace {

/// What the registry calls the schema's own file; a reference may not have this name.
constexpr const char* kOwnFile = "schema.proto";
/// Braces inside braces: a parser that descends needs stack for each.
constexpr int kMaxNesting = 64;

/// Files that Confluent's own libraries import without registering them.
struct KnownFile {
    const char* name;
    const char* text;
};
constexpr KnownFile kKnownFiles[] = {{"confluent/meta.proto", R"(syntax = "proto3";
package confluent;
import "google/protobuf/descriptor.proto";
message Meta {
  string doc = 1;
  map<string, string> params = 2;
  repeated string tags = 3;
}
extend google.protobuf.FileOptions { Meta file_meta = 1088; }
extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }
)"},
                                     {"confluent/type/decimal.proto", R"(syntax = "proto3";
package confluent.type;
message Decimal {
  bytes value = 1;
  uint32 precision = 2;
  int32 scale = 3;
}
)"}};

class ParseErrors final : public pb::io::ErrorCollector {
public:
    void AddError(int line, int column, const std::string& message) override {
        if (m_first.empty()) {
            m_first = "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + message;
        }
    }
    [[nodiscard]] const std::string& first() const { return m_first; }

private:
    std::string m_first;
};

class BuildErrors final : public pb::DescriptorPool::ErrorCollector {
public:
    void AddError(const std::string&, const std::string& element, const pb::Message*, ErrorLocation,
                  const std::string& message) override {
        if (m_first.empty()) {
            m_first = element + ": " + message;
        }
    }
    [[nodiscard]] const std::string& first() const { return m_first; }

private:
    std::string m_first;
};

bool isNestedTooDeeply(std::string_view text) {
    int depth = 0;
    return std::any_of(text.begin(), text.end(), [&](char c) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        return depth > kMaxNesting;
    });
}

/// The word of the file's syntax line; empty without one.
std::string syntaxOf(const std::string& text) {
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    ParseErrors errors;
    pb::io::Tokenizer tokenizer(&stream, &errors);
    pb::compiler::Parser parser;
    parser.SetStopAfterSyntaxIdentifier(true);
    pb::FileDescriptorProto file;
    (void)parser.Parse(&tokenizer, &file);
    return parser.GetSyntaxIdentifier();
}

Result<pb::FileDescriptorProto, std::string> readText(std::string text) {
    if (isNestedTooDeeply(text)) {
        return fail(std::string("Nested too deeply"));
    }
    if (syntaxOf(text).empty()) {
        text.insert(0, "syntax = \"proto2\"; ");
    }
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    ParseErrors errors;
    pb::io::Tokenizer tokenizer(&stream, &errors);
    pb::compiler::Parser parser;
    parser.RecordErrorsTo(&errors);
    pb::FileDescriptorProto file;
    if (!parser.Parse(&tokenizer, &file) || !errors.first().empty()) {
        return fail(errors.first().empty() ? std::string("This is no .proto file") : errors.first());
    }
    return file;
}

Result<pb::FileDescriptorProto, std::string> readFile(std::string_view text, const std::string& name) {
    pb::FileDescriptorProto file;
    const auto bytes = fromBase64(text);
    if (!bytes || text.empty() || !file.ParseFromString(*bytes)) {
        auto read = readText(std::string(text));
        if (!read) {
            return read;
        }
        file = *std::move(read);
    }
    file.set_name(name);
    return file;
}

const pb::FileDescriptor* build(pb::DescriptorPool& pool, const pb::FileDescriptorProto& file, std::string& error) {
    BuildErrors errors;
    const pb::FileDescriptor* built = pool.BuildFileCollectingErrors(file, &errors);
    error = errors.first();
    return built;
}

class ProtoSchema final : public Schema {
public:
    ProtoSchema() : m_pool(pb::DescriptorPool::generated_pool()), m_factory(&m_pool) {}

    Result<void, std::string> read(std::string_view text, const std::vector<Dependency>& dependencies) {
        for (const KnownFile& known : kKnownFiles) {
            if (text.find(known.name) != std::string_view::npos || fromBase64(text)) {
                const auto file = readFile(known.text, known.name);
                std::string ignored;
                (void)(file ? build(m_pool, *file, ignored) : nullptr);
            }
        }
        std::string error;
        for (const Dependency& dependency : dependencies) {
            const auto file = readFile(dependency.text, dependency.name);
            if (m_pool.FindFileByName(dependency.name) != nullptr) {
                continue;
            }
            if (!file || build(m_pool, *file, error) == nullptr) {
                return fail("The reference " + dependency.name + ": " + (file ? error : file.error()));
            }
        }
        const auto file = readFile(text, kOwnFile);
        if (!file) {
            return fail(file.error());
        }
        m_file = build(m_pool, *file, error);
        if (m_file == nullptr) {
            return fail(error);
        }
        m_canonical = m_file->DebugString();
        while (m_canonical.ends_with("\n\n")) {
            m_canonical.pop_back();
        }
        return {};
    }

    [[nodiscard]] SchemaType type() const override { return SchemaType::kProtobuf; }
    [[nodiscard]] const std::string& canonical() const override { return m_canonical; }
    [[nodiscard]] std::string normalized() const override { return m_canonical; }
    [[nodiscard]] std::string name() const override {
        return m_file->message_type_count() > 0 ? m_file->message_type(0)->full_name() : m_file->package();
    }
    [[nodiscard]] std::vector<Incompatibility> whyUnreadable(const Schema& writer, Roles roles) const override {
        return registry::whyUnreadable(*m_file, *static_cast<const ProtoSchema&>(writer).m_file, roles);
    }
    [[nodiscard]] std::string formatted(std::string_view format) const override {
        if (format != "serialized") {
            return {};
        }
        pb::FileDescriptorProto file;
        m_file->CopyTo(&file);
        return toBase64(file.SerializeAsString());
    }

    [[nodiscard]] Result<std::string, std::string> toJson(ByteView payload) const override {
        std::size_t at = 0;
        const pb::Descriptor* message = messageOf(payload, at);
        if (message == nullptr) {
            return fail(std::string("The schema has no message of the index that stands in the value"));
        }
        const std::unique_ptr<pb::Message> value(m_factory.GetPrototype(message)->New());
        if (payload.size() > INT32_MAX ||
            !value->ParsePartialFromArray(payload.data() + at, static_cast<int>(payload.size() - at))) {
            return fail("These bytes are no " + message->full_name());
        }
        // The printer of JSON ends the process over one that lacks a required field of proto2.
        if (!value->IsInitialized()) {
            return fail("These bytes lack what " + message->full_name() +
                        " requires: " + value->InitializationErrorString());
        }
        std::string json;
        pb::util::JsonPrintOptions options;
        options.preserve_proto_field_names = true;
        options.always_print_primitive_fields = true;
        if (const auto printed = pb::util::MessageToJsonString(*value, &json, options); !printed.ok()) {
            return fail(printed.ToString());
        }
        return json;
    }

    /// The first message of the file, as Confluent's serializers take it when nothing else is said.
    [[nodiscard]] Result<Bytes, std::string> fromJson(std::string_view json) const override {
        if (m_file->message_type_count() == 0) {
            return fail(std::string("The schema has no message"));
        }
        const std::unique_ptr<pb::Message> value(m_factory.GetPrototype(m_file->message_type(0))->New());
        pb::util::JsonParseOptions options;
        const auto parsed = pb::util::JsonStringToMessage(std::string(json), value.get(), options);
        if (!parsed.ok()) {
            return fail(std::string(parsed.message()));
        }
        if (!value->IsInitialized()) {
            return fail("The value lacks what " + value->GetTypeName() +
                        " requires: " + value->InitializationErrorString());
        }
        std::string bytes(1, '\0');
        if (!value->AppendToString(&bytes)) {
            return fail(std::string("The value is too large for a message"));
        }
        return toBytes(bytes);
    }

private:
    static bool readIndex(ByteView bytes, std::size_t& at, std::int64_t& value) {
        std::uint64_t raw = 0;
        for (int shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
            const auto byte = std::to_integer<std::uint64_t>(bytes[at++]);
            raw |= (byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) {
                value = static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
                return true;
            }
        }
        return false;
    }

    /// Before the message stands which one of the file it is: a count and that many indexes, each a message inside the
    /// one before, all zigzag; a count of 0 stands for the first message.
    const pb::Descriptor* messageOf(ByteView payload, std::size_t& at) const {
        std::int64_t count = 0;
        if (!readIndex(payload, at, count) || count < 0 || count > kMaxNesting) {
            return nullptr;
        }
        if (count == 0) {
            return m_file->message_type_count() > 0 ? m_file->message_type(0) : nullptr;
        }
        const pb::Descriptor* message = nullptr;
        for (std::int64_t i = 0; i < count; ++i) {
            std::int64_t index = 0;
            const int known = message != nullptr ? message->nested_type_count() : m_file->message_type_count();
            if (!readIndex(payload, at, index) || index < 0 || index >= known) {
                return nullptr;
            }
            const int which = static_cast<int>(index);
            message = message != nullptr ? message->nested_type(which) : m_file->message_type(which);
        }
        return message;
    }

    // The factory's messages are made of the pool's descriptors.
    pb::DescriptorPool m_pool;
    mutable pb::DynamicMessageFactory m_factory;
    const pb::FileDescriptor* m_file = nullptr;
    std::string m_canonical;
};

Result<SchemaPtr, std::string> parse(std::string_view text, const std::vector<Dependency>& dependencies) {
    auto schema = std::make_shared<ProtoSchema>();
    if (auto read = schema->read(text, dependencies); !read) {
        return fail(read.error());
    }
    return SchemaPtr(std::move(schema));
}

}  // namespace

}  // namespace weir::registry

extern "C" __attribute__((visibility("default"))) weir::registry::ParseProto weirParseProto() {
    return &weir::registry::parse;
}
