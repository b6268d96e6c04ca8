// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/avro_schema.h"

#include "broker/registry/avro_model.h"

namespace weir::registry {

namespace {

class AvroSchema final : public Schema {
public:
    AvroSchema(avro::Model model, avro::TypeId first)
        : m_model(std::move(model)),
          m_first(first),
          m_canonical(avro::print(m_model, first, avro::Spelling::kAsWritten)) {}

    [[nodiscard]] SchemaType type() const override { return SchemaType::kAvro; }
    [[nodiscard]] const std::string& canonical() const override { return m_canonical; }
    [[nodiscard]] std::string normalized() const override {
        return avro::print(m_model, m_first, avro::Spelling::kSorted);
    }
    [[nodiscard]] std::string name() const override { return m_model.at(m_model.root).name.full(); }
    [[nodiscard]] std::vector<Incompatibility> whyUnreadable(const Schema& writer, Roles roles) const override {
        return avro::whyUnreadable(m_model, static_cast<const AvroSchema&>(writer).m_model, roles);
    }
    [[nodiscard]] Result<std::string, std::string> toJson(ByteView payload) const override {
        return avro::decode(m_model, payload);
    }

    [[nodiscard]] Result<Bytes, std::string> fromJson(std::string_view json) const override {
        const auto value = Json::parse(json);
        return value ? avro::encode(m_model, *value) : fail(value.error());
    }

private:
    avro::Model m_model;
    /// The first type of this text; those before it are of its references.
    avro::TypeId m_first;
    std::string m_canonical;
};

}  // namespace

Result<SchemaPtr, std::string> parseAvro(std::string_view text, const std::vector<Dependency>& dependencies,
                                         Strictness strictness) {
    avro::Model model;
    for (const Dependency& dependency : dependencies) {
        if (auto read = avro::parseInto(model, dependency.text, Strictness::kStored); !read) {
            return fail("The reference " + dependency.name + ": " + read.error());
        }
    }
    const avro::TypeId first = model.types.size();
    if (auto read = avro::parseInto(model, text, strictness); !read) {
        return fail(read.error());
    }
    return SchemaPtr(std::make_shared<AvroSchema>(std::move(model), first));
}

}  // namespace weir::registry
