// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <vector>

#include "broker/model/record.h"
#include "ui/backend/answer.h"

namespace weir::ui {

/// One row of the record list, ready to paint: texts are decoded, made of one line, control and bidirectional
/// characters made visible, cut at 512 characters.
struct RecordRow {
    TopicPartition partition;
    Offset offset;
    Timestamp timestamp;
    bool keyIsNull = false;
    bool valueIsNull = false;
    QString key;
    QString value;
    /// "name=value, name=value"
    QString headers;
    std::int64_t sizeBytes = 0;
    bool isControl = false;
    TransactionOutcome outcome = TransactionOutcome::kNone;
    /// No record stands at this offset (compacted away, a transaction's marker, or deleted by now); `value` says which.
    bool isMissing = false;
    /// Values of RecordQuery::columns in order; empty string where the record lacks the field.
    QStringList columns;
};

enum class StartKind { kNewest, kBeginning, kOffset, kTime, kGroup, kLive };
struct StartAt {
    StartKind kind = StartKind::kNewest;
    Offset offset = kNoOffset;
    Timestamp time = kNoTimestamp;
    QString group;
};

struct RecordQuery {
    QString topic;
    /// Empty: all, merged by time.
    std::vector<PartitionId> partitions;
    StartAt start;
    /// Contains-text over key, value and headers, without case; or, with `isExpression`, a filter expression.
    QString filter;
    bool isExpression = false;
    /// kReadCommitted leaves out aborted records and what an open transaction holds back.
    Isolation isolation = Isolation::kReadUncommitted;
    /// Commits and aborts as rows of their own. Without, only records are listed.
    bool showMarkers = true;
    /// Newest record per key only.
    bool latestPerKey = false;
    /// JSON paths shown as extra columns, e.g. "price", "order.id".
    QStringList columns;
    /// Stop conditions; kNoTimestamp / kNoOffset / 0: none.
    Timestamp stopAtTime = kNoTimestamp;
    Offset stopAtOffset = kNoOffset;
    qint64 stopAfterMatches = 0;
};

struct ScanProgress {
    qint64 elapsedMs = 0;
    qint64 scannedRecords = 0;
    qint64 scannedBytes = 0;
    qint64 totalRecords = 0;
    qint64 matched = 0;
    qint64 errors = 0;
    bool running = false;
    /// Live tail: arrived while paused or faster than shown; nothing is lost, it can be scrolled to.
    qint64 notShown = 0;
    /// Records deleted by retention before they were read.
    qint64 lost = 0;
    /// Latest per key: records without a key, which are left out.
    qint64 keyless = 0;
    /// Matches that arrived since, newer than what is listed; RecordFeed::showNewer() lists them.
    qint64 newer = 0;
    /// As many matches as a list holds were found and the scan waits; RecordFeed::goOn() lets it look for more.
    bool isFull = false;
    /// A sentence when something is not as asked: an unreadable part, a limit that was reached.
    QString note;
};

struct RowAddress {
    TopicPartition partition;
    Offset offset;
};

/// The rows behind one record list. Rows are numbered from 0 in 64 bits in time order (offset order for one partition);
/// only what is asked for is read. Without a filter every row of the log can be reached at once; with one, rows are the
/// matches found so far. A filter with a start at the newest looks back from there, and its matches stand newest first.
class RecordFeed : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    /// Replaces what was open. Answers with opened().
    virtual void open(const RecordQuery& query) = 0;
    /// Stops a running scan or tail; rows found so far stay.
    virtual void stop() = 0;
    /// Freezes the rows (live tail); counting goes on in progress().notShown.
    virtual void setPaused(bool paused) = 0;
    /// Looks for more after ScanProgress::isFull.
    virtual void goOn() = 0;
    /// Lists the matches of ScanProgress::newer.
    virtual void showNewer() = 0;
    [[nodiscard]] virtual qint64 rowCount() const = 0;
    /// Asks for rows; a newer request replaces one that has not begun. Answers with rowsReady().
    virtual void request(qint64 firstRow, int count) = 0;
    /// Where a record stands; answers with located(), -1 when it is not among the rows.
    virtual void locate(const StartAt& where) = 0;
    [[nodiscard]] virtual ScanProgress progress() const = 0;

Q_SIGNALS:
    /// `row` is where the view should start.
    void opened(qint64 row);
    void rowCountChanged(qint64 count);
    /// Rows from `firstRow` on are others now: records with older timestamps arrived in another partition, or a key got
    /// a newer record. Whoever shows them asks again.
    void rowsInvalidated(qint64 firstRow);
    void rowsReady(qint64 firstRow, const std::vector<weir::ui::RecordRow>& rows);
    void located(qint64 row);
    void progressChanged();
    void failed(const QString& sentence);
};

/// What one decoder made of a key or a value.
struct DecodedView {
    QString decoder;  // "JSON", "Text", "int32", "UUID", "MessagePack", "Hex", "Base64", …
    bool ok = false;
    /// Pretty text when ok, else why it failed.
    QString text;
    bool isJson = false;
    /// Whose schema it was read with, e.g. "orders-value version 2 (id 7, Avro)", or why it could not be.
    QString note = {};
    /// The subject of that schema; empty without.
    QString schemaSubject = {};
};

struct HeaderRow {
    QString key;
    QString value;
    bool isNull = false;
};

struct RecordDetail {
    RowAddress address;
    Timestamp timestamp;
    BatchInfo batch;
    std::int32_t sizeBytes = 0;
    std::optional<Bytes> key;
    std::optional<Bytes> value;
    /// The first 200 of `headerCount`.
    std::vector<HeaderRow> headers;
    qint64 headerCount = 0;
    /// The best decoder first.
    std::vector<DecodedView> keyViews;
    std::vector<DecodedView> valueViews;
    /// "kcat -b … -P …" that would publish the same record; says why where no command line could hold it.
    QString kcatCommand;
    /// Whole, with every header; shared, so that the GUI thread never copies a million of them. Never null.
    std::shared_ptr<const OutgoingRecord> asOutgoing = std::make_shared<OutgoingRecord>();
};

struct TimelineBucket {
    Timestamp from;
    Timestamp to;
    qint64 records = 0;
};

struct FilterCheck {
    bool ok = true;
    QString error;
    int errorColumn = -1;
};

/// How an expression did on one record.
struct FilterTrial {
    bool matches = false;
    QString explanation;
};

/// How records are put on the clipboard: a line each, tab separated or as JSON; or one part of them, or the command
/// that publishes them again.
/// Keys and values that are framed with a schema's id stand as their JSON; kStored is kJson with their bytes as they
/// are stored.
enum class CopyForm { kText, kJson, kKey, kValue, kKcat, kStored };
/// The same choice for a file: with the bytes as stored it can be published again unchanged.
enum class ExportForm { kReadable, kStored };

class RecordBrowser {
public:
    virtual ~RecordBrowser() = default;
    virtual std::unique_ptr<RecordFeed> makeFeed() = 0;
    virtual void inspect(const RowAddress& address, QObject* context, Callback<RecordDetail> done) = 0;
    /// The record before `address` with the same key.
    virtual void previousOfKey(const RowAddress& address, QObject* context,
                               Callback<std::optional<RecordDetail>> done) = 0;
    virtual void timeline(const QString& topic, int buckets, QObject* context,
                          Callback<std::vector<TimelineBucket>> done) = 0;
    /// Field paths seen in the newest records, for columns, completion and plots.
    virtual void fields(const QString& topic, QObject* context, Callback<QStringList> done) = 0;
    /// Parses only; cheap enough for every key stroke.
    [[nodiscard]] virtual FilterCheck checkFilter(const QString& expression) const = 0;
    virtual void tryFilter(const QString& expression, const RowAddress& sample, QObject* context,
                           Callback<FilterTrial> done) = 0;
    /// Whole records as text, read anew, so that nothing is cut; an error when they are more than 64 MiB.
    virtual void copyText(const std::vector<RowAddress>& rows, CopyForm form, QObject* context,
                          Callback<QString> done) = 0;
    /// Writes what the query matches to a file (".ndjson" or ".csv"); progress as a job.
    virtual void exportTo(const RecordQuery& query, const QString& path, ExportForm form, QObject* context,
                          Callback<qint64> done) = 0;
};

}  // namespace weir::ui
