// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "app/cluster/schema_decoder.h"
#include "app/search/row_index.h"
#include "app/serdes/json_path.h"
#include "ui/backend/records.h"

namespace weir::app {

/// Makes rows that can be painted. Any worker, one at a time.
class RowText {
public:
    /// `cluster` outlives it.
    RowText(Cluster& cluster, std::string topic, const QStringList& columns);
    [[nodiscard]] ui::RecordRow operator()(const Row& row);

private:
    [[nodiscard]] std::optional<std::string> decoded(RecordPart part, const std::optional<ByteView>& bytes);

    SchemaDecoder m_schemas;
    std::string m_topic;
    json::PathSet m_paths;
    /// Slot of each column; -1: not a path, always empty.
    std::vector<int> m_slots;
    std::vector<json::Field> m_fields;
};

/// Everything about one record, for the inspector. Without `schemas` nothing is read with the registry.
[[nodiscard]] ui::RecordDetail detailOf(const std::string& bootstrap, const RecordChunk& chunk,
                                        const RecordView& record, SchemaDecoder* schemas);

}  // namespace weir::app
