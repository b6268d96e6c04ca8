// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What the catalog keeps for the schema registry, as plain values.
namespace weir::catalog {

struct SchemaRow {
    std::string context;
    std::int32_t id = 0;
    std::string type;
    std::string text;
    /// In the registry's own encoding.
    std::string references;
    bool operator==(const SchemaRow&) const = default;
};

struct SchemaVersionRow {
    std::string context;
    std::string subject;
    std::int32_t version = 0;
    std::int32_t id = 0;
    bool isDeleted = false;
    bool operator==(const SchemaVersionRow&) const = default;
};

/// A compatibility level, a mode, ... of everything (no scope), a context or a subject.
struct SchemaSettingRow {
    std::string scope;
    std::string name;
    std::string value;
    bool operator==(const SchemaSettingRow&) const = default;
};

/// Ids are given once: the next one survives the deletion of all before it.
struct SchemaContextRow {
    std::string context;
    std::int32_t nextId = 1;
    bool operator==(const SchemaContextRow&) const = default;
};

struct SchemaRows {
    std::vector<SchemaRow> schemas;
    std::vector<SchemaVersionRow> versions;
    std::vector<SchemaSettingRow> settings;
    std::vector<SchemaContextRow> contexts;
};

/// One atomic change. Of rows to remove only the key counts. Removals come first.
struct SchemaChange {
    SchemaRows put;
    SchemaRows remove;
};

}  // namespace weir::catalog
