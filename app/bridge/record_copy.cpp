// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/record_copy.h"

#include <QByteArray>
#include <QDateTime>
#include <map>

#include "app/bridge/row_text.h"
#include "app/cluster/schema_reader.h"
#include "app/exchange/record_text.h"

namespace weir::app {

namespace {

/// Rows that stand closer are read in one go.
constexpr std::int64_t kNear = 256;

/// Reads records one after the other and keeps a chunk a partition, since lists mix partitions.
class Records {
public:
    Records(Cluster& cluster, const std::vector<ui::RowAddress>& rows) : m_cluster(cluster), m_rows(rows) {}

    /// nullptr: there is none any more.
    ClusterResult<const RecordView*> at(std::size_t index, std::shared_ptr<const RecordChunk>& chunk) {
        const ui::RowAddress& row = m_rows[index];
        auto& kept = m_chunks[row.partition.partition.value];
        const RecordView* record = find(kept, row.offset);
        if (record == nullptr) {
            ReadRequest request;
            request.partition = row.partition;
            request.from = row.offset;
            request.maxRecords = hasNeighbour(index) ? static_cast<std::int32_t>(kNear) : 1;
            request.maxBytes = hasNeighbour(index) ? 256 << 10 : 1;
            request.includeControl = true;
            auto read = m_cluster.read(request);
            if (!read) {
                return fail(ClusterError(read.error()));
            }
            kept = *std::move(read);
            record = find(kept, row.offset);
        }
        chunk = kept;
        return record;
    }

private:
    static const RecordView* find(const std::shared_ptr<const RecordChunk>& chunk, Offset offset) {
        if (chunk != nullptr) {
            for (const RecordView& record : chunk->records) {
                if (record.offset == offset) {
                    return &record;
                }
            }
        }
        return nullptr;
    }
    [[nodiscard]] bool hasNeighbour(std::size_t index) const {
        const ui::RowAddress& row = m_rows[index];
        for (std::size_t i = index + 1; i < m_rows.size() && i < index + 32; ++i) {
            const std::int64_t apart = m_rows[i].offset - row.offset;
            if (m_rows[i].partition == row.partition && apart > 0 && apart < kNear) {
                return true;
            }
        }
        return false;
    }

    Cluster& m_cluster;
    const std::vector<ui::RowAddress>& m_rows;
    std::map<std::int32_t, std::shared_ptr<const RecordChunk>> m_chunks;
};

QByteArray plain(ByteView bytes) {
    const auto all = asText(bytes);
    const QByteArray raw(all.data(), static_cast<qsizetype>(all.size()));
    return QString::fromUtf8(raw).toUtf8() == raw ? raw : "base64:" + raw.toBase64();
}

QByteArray cell(const std::optional<ByteView>& bytes) {
    return bytes ? plain(*bytes).replace('\t', "\\t").replace('\r', "\\r").replace('\n', "\\n") : QByteArray("null");
}

QByteArray line(PartitionId partition, const RecordView& record) {
    QByteArray headers;
    for (const Header& header : decodeHeaders(record)) {
        headers += (headers.isEmpty() ? "" : ", ") + cell(asBytes(header.key)) + '=' +
                   cell(header.value ? std::optional<ByteView>(*header.value) : std::nullopt);
    }
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(record.timestamp.value, Qt::UTC);
    return QByteArray::number(partition.value) + '\t' + QByteArray::number(static_cast<qint64>(record.offset.value)) +
           '\t' + time.toString(Qt::ISODateWithMs).toUtf8() + '\t' + cell(record.key) + '\t' + cell(record.value) +
           '\t' + headers;
}

void append(QByteArray& out, const std::string& bootstrap, const RecordChunk& chunk, const RecordView& record,
            ui::CopyForm form) {
    switch (form) {
        case ui::CopyForm::kText:
            out += line(chunk.partition.partition, record) + '\n';
            return;
        case ui::CopyForm::kJson:
        case ui::CopyForm::kStored: {
            std::string json;
            appendNdjson(json, chunk.partition.topic, chunk.partition.partition, record);
            out.append(json.data(), static_cast<qsizetype>(json.size()));
            return;
        }
        case ui::CopyForm::kKey:
            out += (record.key ? plain(*record.key) : QByteArray()) + '\n';
            return;
        case ui::CopyForm::kValue:
            out += (record.value ? plain(*record.value) : QByteArray()) + '\n';
            return;
        case ui::CopyForm::kKcat:
            out += detailOf(bootstrap, chunk, record, nullptr).kcatCommand.toUtf8() + '\n';
            return;
    }
}

}  // namespace

ClusterResult<QString> copyRecords(Cluster& cluster, const std::vector<ui::RowAddress>& rows, ui::CopyForm form) {
    const std::string bootstrap = cluster.bootstrap();
    Records records(cluster, rows);
    std::map<std::string, SchemaReader> schemas;
    const bool isRead = form != ui::CopyForm::kStored && form != ui::CopyForm::kKcat;
    QByteArray out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::shared_ptr<const RecordChunk> chunk;
        const auto record = records.at(i, chunk);
        if (!record) {
            return fail(ClusterError(record.error()));
        }
        // Deleted meanwhile, or a gap of compaction: there is nothing to copy.
        if (*record != nullptr) {
            const std::string& topic = rows[i].partition.topic;
            append(out, bootstrap, *chunk,
                   isRead ? schemas.try_emplace(topic, cluster, topic).first->second.readable(**record) : **record,
                   form);
        }
        if (static_cast<std::size_t>(out.size()) > kMaxCopiedBytes) {
            return fail(ClusterError{ClusterErrc::kInvalid, 0,
                                     "These records are too large to copy. Export them to a file instead."});
        }
    }
    out.chop(out.endsWith('\n') ? 1 : 0);
    return QString::fromUtf8(out);
}

}  // namespace weir::app
