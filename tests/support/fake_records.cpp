// SPDX-License-Identifier: GPL-3.0-or-later
// The record and plot half of FakeBackend.
#include <QDateTime>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <memory>

#include "tests/support/fake_backend.h"

namespace weir::ui::test {
namespace {

template <class T>
void answer(QObject* context, Callback<T> done, ClusterResult<T> result) {
    QTimer::singleShot(0, context, [done = std::move(done), result = std::move(result)] { done(result); });
}

Bytes bytesOf(const QString& text) {
    const QByteArray utf8 = text.toUtf8();
    Bytes bytes(static_cast<std::size_t>(utf8.size()));
    std::transform(utf8.begin(), utf8.end(), bytes.begin(), [](char c) { return static_cast<Bytes::value_type>(c); });
    return bytes;
}

}  // namespace

RecordRow FakeRecordFeed::rowAt(qint64 row) const {
    const auto found = m_topics.constFind(m_query.topic);
    if (found == m_topics.constEnd() || !found->rowAt) {
        return {};
    }
    RecordRow value = found->rowAt(m_filtered ? m_matches.at(static_cast<std::size_t>(row)) : row);
    value.columns.resize(m_query.columns.size());
    return value;
}

void FakeRecordFeed::open(const RecordQuery& query) {
    m_query = query;
    const FakeRecords records = m_topics.value(query.topic);
    m_matches.clear();
    m_filtered = !query.filter.isEmpty();
    m_count = records.count;
    m_progress = {};
    if (m_filtered) {
        const qint64 scanned = std::min<qint64>(records.count, 20'000);
        for (qint64 row = 0; row < scanned; ++row) {
            const RecordRow value = records.rowAt(row);
            if (value.key.contains(query.filter, Qt::CaseInsensitive) ||
                value.value.contains(query.filter, Qt::CaseInsensitive)) {
                m_matches.push_back(row);
            }
        }
        m_count = static_cast<qint64>(m_matches.size());
        m_progress.elapsedMs = 180;
        m_progress.scannedRecords = scanned;
        m_progress.scannedBytes = scanned * 120;
        m_progress.totalRecords = scanned;
        m_progress.matched = m_count;
    }
    QTimer::singleShot(0, this, [this] {
        Q_EMIT rowCountChanged(m_count);
        Q_EMIT opened(m_query.start.kind == StartKind::kBeginning ? 0 : std::max<qint64>(0, m_count - 1));
        Q_EMIT progressChanged();
    });
}

void FakeRecordFeed::stop() {
    m_progress.running = false;
    Q_EMIT progressChanged();
}

void FakeRecordFeed::goOn() {
    m_progress.isFull = false;
    Q_EMIT progressChanged();
}

void FakeRecordFeed::showNewer() {
    m_progress.newer = 0;
    Q_EMIT rowsInvalidated(0);
    Q_EMIT progressChanged();
}

void FakeRecordFeed::setProgress(const ScanProgress& progress) {
    m_progress = progress;
    Q_EMIT progressChanged();
}

void FakeRecordFeed::request(qint64 firstRow, int count) {
    std::vector<RecordRow> rows;
    for (qint64 row = firstRow; row < std::min(firstRow + count, m_count); ++row) {
        rows.push_back(rowAt(row));
    }
    QTimer::singleShot(0, this, [this, firstRow, rows = std::move(rows)] { Q_EMIT rowsReady(firstRow, rows); });
}

void FakeRecordFeed::locate(const StartAt& where) {
    const qint64 row = where.kind == StartKind::kBeginning ? 0
                       : where.kind == StartKind::kOffset
                           ? std::clamp<qint64>(where.offset.value, 0, std::max<qint64>(0, m_count - 1))
                           : std::max<qint64>(0, m_count - 1);
    QTimer::singleShot(0, this, [this, row] { Q_EMIT located(m_count == 0 ? -1 : row); });
}

void FakeRecordFeed::grow(qint64 rows) {
    m_count += rows;
    Q_EMIT rowCountChanged(m_count);
}

std::unique_ptr<RecordFeed> FakeRecordBrowser::makeFeed() {
    auto feed = std::make_unique<FakeRecordFeed>(topics);
    lastFeed = feed.get();
    return feed;
}

void FakeRecordBrowser::inspect(const RowAddress& address, QObject* context, Callback<RecordDetail> done) {
    if (const auto failure = m_asked.takeFailure()) {
        return answer<RecordDetail>(context, std::move(done), fail(*failure));
    }
    const FakeRecords records = topics.value(QString::fromStdString(address.partition.topic));
    RecordDetail detail;
    detail.address = address;
    const RecordRow row = records.rowAt ? records.rowAt(address.offset.value) : RecordRow{};
    detail.timestamp = row.timestamp;
    detail.sizeBytes = static_cast<std::int32_t>(row.sizeBytes);
    detail.batch.baseOffset = Offset(address.offset.value - address.offset.value % 100);
    detail.batch.lastOffset = detail.batch.baseOffset + 99;
    detail.batch.recordCount = 100;
    detail.batch.sizeBytes = 8'412;
    detail.batch.compression = Compression::kLz4;
    if (!row.keyIsNull) {
        detail.key = bytesOf(row.key);
        detail.keyViews = {{QStringLiteral("Text"), true, row.key, false}};
    }
    if (!row.valueIsNull) {
        detail.value = bytesOf(row.value);
        detail.valueViews = {{QStringLiteral("JSON"), true, row.value, true},
                             {QStringLiteral("Text"), true, row.value, false},
                             {QStringLiteral("int32"), false, QStringLiteral("needs 4 bytes"), false}};
        if (address.partition.topic == schemaTopic) {
            detail.valueViews.insert(
                detail.valueViews.begin(),
                {QStringLiteral("Schema registry"), true, row.value, true,
                 QStringLiteral("orders-value version 3, id 9 (Avro, shop.Order)"), QStringLiteral("orders-value")});
        }
    }
    detail.headers = {{QStringLiteral("source"), QStringLiteral("exchange-1"), false},
                      {QStringLiteral("trace-id"), QStringLiteral("4bf92f3577b34da6"), false},
                      {QStringLiteral("note"), QString(), true}};
    detail.headerCount = static_cast<qint64>(detail.headers.size());
    detail.kcatCommand = QStringLiteral("kcat -b localhost:9092 -t %1 -P -k '%2'")
                             .arg(QString::fromStdString(address.partition.topic), row.key);
    auto outgoing = std::make_shared<OutgoingRecord>();
    outgoing->key = detail.key;
    outgoing->value = detail.value;
    detail.asOutgoing = std::move(outgoing);
    answer<RecordDetail>(context, std::move(done), std::move(detail));
}

void FakeRecordBrowser::copyText(const std::vector<RowAddress>& rows, CopyForm form, QObject* context,
                                 Callback<QString> done) {
    QStringList lines;
    for (const RowAddress& row : rows) {
        const FakeRecords records = topics.value(QString::fromStdString(row.partition.topic));
        const RecordRow record = records.rowAt ? records.rowAt(row.offset.value) : RecordRow{};
        lines.append(form == CopyForm::kKey    ? record.key
                     : form == CopyForm::kKcat ? QStringLiteral("kcat")
                                               : record.value);
    }
    m_asked.add(QStringLiteral("copy %1").arg(rows.size()));
    answer<QString>(context, std::move(done), lines.join(QLatin1Char('\n')));
}

void FakeRecordBrowser::previousOfKey(const RowAddress& address, QObject* context,
                                      Callback<std::optional<RecordDetail>> done) {
    if (address.offset.value < 1) {
        return answer<std::optional<RecordDetail>>(context, std::move(done), std::optional<RecordDetail>());
    }
    const RowAddress before{address.partition, address.offset - 1};
    inspect(before, context, [done = std::move(done)](ClusterResult<RecordDetail> detail) {
        if (detail.ok()) {
            done(std::optional<RecordDetail>(detail.value()));
        } else {
            done(fail(detail.error()));
        }
    });
}

void FakeRecordBrowser::timeline(const QString& topic, int buckets, QObject* context,
                                 Callback<std::vector<TimelineBucket>> done) {
    std::vector<TimelineBucket> result;
    const std::int64_t end = QDateTime::currentMSecsSinceEpoch();
    const qint64 share = topics.value(topic).count / std::max(1, buckets);
    for (int i = 0; i < buckets; ++i) {
        const Timestamp from(end - (buckets - i) * 60'000LL);
        result.push_back(
            {from, from + 60'000, static_cast<qint64>(static_cast<double>(share) * (1.0 + 0.8 * std::sin(i / 6.0)))});
    }
    answer<std::vector<TimelineBucket>>(context, std::move(done), std::move(result));
}

void FakeRecordBrowser::fields(const QString&, QObject* context, Callback<QStringList> done) {
    answer<QStringList>(context, std::move(done), fieldPaths);
}

FilterCheck FakeRecordBrowser::checkFilter(const QString& expression) const {
    if (expression.count(QLatin1Char('(')) != expression.count(QLatin1Char(')'))) {
        return {false, QStringLiteral("A bracket is not closed."), static_cast<int>(expression.size())};
    }
    return {};
}

void FakeRecordBrowser::tryFilter(const QString& expression, const RowAddress&, QObject* context,
                                  Callback<FilterTrial> done) {
    answer<FilterTrial>(context, std::move(done), FilterTrial{true, expression + QStringLiteral(" is true")});
}

void FakeRecordBrowser::exportTo(const RecordQuery& query, const QString& path, ExportForm, QObject* context,
                                 Callback<qint64> done) {
    m_asked.add(QStringLiteral("export %1 %2").arg(query.topic, path));
    if (const auto failure = m_asked.takeFailure()) {
        return answer<qint64>(context, std::move(done), fail(*failure));
    }
    answer<qint64>(context, std::move(done), topics.value(query.topic).count);
}

void FakePlotStream::open(const PlotQuery& query) {
    QTimer::singleShot(0, this, [this, query] {
        const QStringList symbols{QStringLiteral("AAPL"), QStringLiteral("MSFT"), QStringLiteral("NVDA")};
        const std::int64_t end = QDateTime::currentMSecsSinceEpoch();
        std::vector<PlotUpdate> updates;
        for (int s = 0; s < symbols.size(); ++s) {
            PlotUpdate update;
            update.key = symbols.at(s);
            double price = 150.0 + 60.0 * s;
            for (int i = 0; i < 300; ++i) {
                const double move = std::sin(i * 0.37 + s) * 0.6 + std::sin(i * 0.051 * (s + 1)) * 0.8;
                const Timestamp at(end - (300 - i) * 1000LL);
                if (query.kind == PlotKind::kLine) {
                    update.points.push_back({at, price + move});
                } else {
                    update.candles.push_back({at, price, price + 1.4 + move * 0.2, price - 1.2, price + move,
                                              900.0 + 600.0 * std::abs(move)});
                }
                price += move * 0.3;
            }
            updates.push_back(std::move(update));
        }
        Q_EMIT keysSeen(symbols);
        Q_EMIT updated(updates);
    });
}

void FakePlots::numericFields(const QString&, QObject* context, Callback<QStringList> done) {
    answer<QStringList>(context, std::move(done), fields);
}

}  // namespace weir::ui::test
