// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/messages/record_inspector.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/diff_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/hex_view.h"
#include "ui/widgets/json_view.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

namespace {

QString compressionName(Compression compression) {
    static const QStringList kNames{QStringLiteral("none"), QStringLiteral("gzip"), QStringLiteral("snappy"),
                                    QStringLiteral("lz4"), QStringLiteral("zstd")};
    return kNames.value(static_cast<int>(compression));
}

/// `value` as the expression language writes it: numbers, true, false and null bare, everything else quoted.
QString literal(const QString& value) {
    bool isNumber = false;
    value.toDouble(&isNumber);
    if (isNumber || value == QLatin1String("true") || value == QLatin1String("false") ||
        value == QLatin1String("null") || value.startsWith(QLatin1Char('"'))) {
        return value;
    }
    QString escaped = value;
    return QLatin1Char('"') +
           escaped.replace(QLatin1Char('\\'), QLatin1String("\\\\")).replace(QLatin1Char('"'), QLatin1String("\\\"")) +
           QLatin1Char('"');
}

QScrollArea* scrolled(QWidget* inside, QWidget* parent) {
    auto* area = new QScrollArea(parent);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setWidget(inside);
    return area;
}

}  // namespace

RecordInspector::RecordInspector(RecordBrowser& records, QWidget* parent) : QWidget(parent), m_records(records) {
    setAccessibleName(tr("Record"));
    setMinimumWidth(Theme::of().px(320));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(Theme::kGap);
    buildHead(column);
    m_tabs = new SegmentedControl({tr("Value"), tr("Key"), tr("Headers"), tr("Details"), tr("Diff")}, this);
    m_tabs->setAccessibleName(tr("Part of the record"));
    m_tabs->setChoiceTooltip(kDiff, tr("What changed since the previous record with this key"));
    column->addWidget(m_tabs, 0, Qt::AlignLeft);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildDecoded());
    auto* headers = new QWidget(this);
    auto* headersColumn = new QVBoxLayout(headers);
    headersColumn->setContentsMargins(0, 0, 0, 0);
    m_headers = new KeyValueList(headers);
    headersColumn->addWidget(m_headers);
    headersColumn->addStretch(1);
    m_stack->addWidget(scrolled(headers, this));
    auto* facts = new QWidget(this);
    auto* factsColumn = new QVBoxLayout(facts);
    factsColumn->setContentsMargins(0, 0, 0, 0);
    m_facts = new KeyValueList(facts);
    factsColumn->addWidget(m_facts);
    m_why = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, facts);
    m_why->setWordWrap(true);
    factsColumn->addWidget(m_why);
    factsColumn->addStretch(1);
    m_stack->addWidget(scrolled(facts, this));
    auto* diff = new QWidget(this);
    auto* diffColumn = new QVBoxLayout(diff);
    diffColumn->setContentsMargins(0, 0, 0, 0);
    m_diffNote = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, diff);
    m_diffNote->setWordWrap(true);
    m_diff = new DiffView(diff);
    diffColumn->addWidget(m_diffNote);
    diffColumn->addWidget(m_diff, 1);
    m_stack->addWidget(diff);
    column->addWidget(m_stack, 1);
    connect(m_tabs, &SegmentedControl::chosen, this, &RecordInspector::showTab);
    clear();
}

void RecordInspector::buildHead(QVBoxLayout* column) {
    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kSmallGap);
    m_title = new ElidedLabel(this);
    m_title->setLook(FontRole::kMonoBold, Tint::kText);
    head->addWidget(m_title, 1);
    auto* again = makeIconButton(QStringLiteral("publish"), tr("Edit and publish again"), this);
    auto* copy = makeIconButton(QStringLiteral("copy"), tr("Copy"), this);
    auto* close = makeIconButton(QStringLiteral("close"), tr("Close the inspector"), this);
    head->addWidget(again);
    head->addWidget(copy);
    head->addWidget(close);
    column->addLayout(head);
    auto* menu = new QMenu(copy);
    const auto add = [&](const QString& text, std::function<QString(const RecordDetail&)> what) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, what = std::move(what)] {
            if (m_detail) {
                QGuiApplication::clipboard()->setText(what(*m_detail));
            }
        });
    };
    add(tr("Copy value"),
        [](const RecordDetail& d) { return d.valueViews.empty() ? QString() : d.valueViews.front().text; });
    add(tr("Copy key"), [](const RecordDetail& d) { return d.keyViews.empty() ? QString() : d.keyViews.front().text; });
    add(tr("Copy as kcat command"), [](const RecordDetail& d) { return d.kcatCommand; });
    add(tr("Copy place (topic, partition, offset)"), [](const RecordDetail& d) {
        return QStringLiteral("%1 %2@%3")
            .arg(QString::fromStdString(d.address.partition.topic))
            .arg(d.address.partition.partition.value)
            .arg(d.address.offset.value);
    });
    copy->setMenu(menu);
    copy->setPopupMode(QToolButton::InstantPopup);
    connect(again, &QToolButton::clicked, this, [this] {
        if (m_detail) {
            Q_EMIT publishRequested(*m_detail->asOutgoing);
        }
    });
    connect(close, &QToolButton::clicked, this, &RecordInspector::closeRequested);
}

QWidget* RecordInspector::buildDecoded() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kGap);
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGap);
    m_decoder = new QComboBox(box);
    m_decoder->setAccessibleName(tr("Decoder"));
    m_decoder->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_size = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, box);
    row->addWidget(m_decoder);
    row->addStretch(1);
    row->addWidget(m_size);
    column->addLayout(row);
    m_schema = new QWidget(box);
    auto* schemaRow = new QHBoxLayout(m_schema);
    schemaRow->setContentsMargins(0, 0, 0, 0);
    schemaRow->setSpacing(Theme::kGap);
    m_schemaNote = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, m_schema);
    m_schemaNote->setWordWrap(true);
    m_schemaLink = makeButton(tr("Show schema"), ButtonKind::kQuiet, QString(), m_schema);
    schemaRow->addWidget(m_schemaNote, 1);
    schemaRow->addWidget(m_schemaLink, 0, Qt::AlignTop);
    m_schema->hide();
    column->addWidget(m_schema);
    connect(m_schemaLink, &QPushButton::clicked, this, [this] { Q_EMIT schemaRequested(m_schemaSubject); });
    m_views = new QStackedWidget(box);
    m_text = new JsonView(m_views);
    m_text->setAccessibleName(tr("Decoded text"));
    m_hex = new HexView(m_views);
    m_hex->setAccessibleName(tr("Raw bytes"));
    m_views->addWidget(m_text);
    m_views->addWidget(m_hex);
    column->addWidget(m_views, 1);
    connect(m_decoder, &QComboBox::activated, this, &RecordInspector::showDecoded);
    connect(m_text, &JsonView::menuRequested, this,
            [this](const QString& path, const QString& value, const QPoint& at) { fieldMenu(path, value, at); });
    connect(m_text, &JsonView::fieldActivated, this, [this](const QString& path, const QString& value) {
        if (!path.isEmpty() && m_tabs->current() == kValue) {
            Q_EMIT filterRequested(QStringLiteral("value.%1 == %2").arg(path, literal(value)));
        }
    });
    return box;
}

void RecordInspector::inspect(const RowAddress& address) {
    const int asked = ++m_asked;
    m_records.inspect(address, this, [this, asked](const ClusterResult<RecordDetail>& answer) {
        if (asked != m_asked) {
            return;
        }
        if (answer.ok()) {
            m_detail = answer.value();
            showDetail();
        } else {
            Q_EMIT failed(QString::fromStdString(answer.error().message));
        }
    });
}

void RecordInspector::clear() {
    ++m_asked;
    m_detail.reset();
    m_title->setText(tr("No record selected"));
    m_text->clear();
    m_hex->setBytes({});
    m_headers->clear();
    m_facts->clear();
    m_decoder->clear();
    m_size->clear();
    showSchema(nullptr);
    m_why->clear();
}

void RecordInspector::showDetail() {
    m_title->setText(QStringLiteral("%1 · %2@%3")
                         .arg(QString::fromStdString(m_detail->address.partition.topic))
                         .arg(m_detail->address.partition.partition.value)
                         .arg(formatCount(m_detail->address.offset.value)));
    m_headers->clear();
    for (const HeaderRow& header : m_detail->headers) {
        m_headers->set(header.key, header.isNull ? tr("null") : header.value, {}, true);
    }
    if (const qint64 more = m_detail->headerCount - static_cast<qint64>(m_detail->headers.size()); more > 0) {
        m_headers->set(tr("and more"), tr("%1 headers").arg(formatCount(more)),
                       tr("Export the record to see them all"));
    }
    if (m_detail->headers.empty()) {
        m_headers->set(tr("Headers"), tr("none"));
    }
    showFacts();
    showTab(m_tabs->current());
}

void RecordInspector::showTab(int tab) {
    m_tabs->setCurrent(tab);
    m_stack->setCurrentIndex(tab <= kKey ? 0 : tab - 1);
    if (!m_detail) {
        return;
    }
    if (tab <= kKey) {
        const auto& views = tab == kValue ? m_detail->valueViews : m_detail->keyViews;
        const QString before = m_decoder->currentText();
        m_decoder->clear();
        for (const DecodedView& view : views) {
            if (view.ok) {
                m_decoder->addItem(view.decoder);
            }
        }
        const int kept = m_decoder->findText(before);
        m_decoder->setCurrentIndex(kept > 0 ? kept : 0);
        showDecoded();
    } else if (tab == kDiff) {
        loadDiff();
    }
}

void RecordInspector::showDecoded() {
    const bool isValue = m_tabs->current() == kValue;
    const std::optional<Bytes>& bytes = isValue ? m_detail->value : m_detail->key;
    const auto& views = isValue ? m_detail->valueViews : m_detail->keyViews;
    m_decoder->setVisible(bytes.has_value());
    showSchema(nullptr);
    if (!bytes) {
        m_size->setText(tr("null"));
        m_views->setCurrentWidget(m_text);
        m_text->setPlainText(isValue ? tr("null: in a compacted topic this deletes the key") : tr("null: no key"));
        return;
    }
    m_size->setText(formatBytes(static_cast<qint64>(bytes->size())));
    m_size->setToolTip(formatBytesExact(static_cast<qint64>(bytes->size())));
    for (const DecodedView& view : views) {
        if (view.decoder != m_decoder->currentText()) {
            continue;
        }
        showSchema(&view);
        if (view.decoder == QLatin1String("Hex")) {
            m_hex->setBytes(
                QByteArray(reinterpret_cast<const char*>(bytes->data()), static_cast<qsizetype>(bytes->size())));
            m_views->setCurrentWidget(m_hex);
        } else if (view.isJson) {
            m_text->setJson(view.text);
            m_views->setCurrentWidget(m_text);
        } else {
            m_text->setPlainText(bytes->empty() ? tr("(empty)") : view.text);
            m_views->setCurrentWidget(m_text);
        }
        return;
    }
}

void RecordInspector::showSchema(const DecodedView* view) {
    m_schemaSubject = view == nullptr ? QString() : view->schemaSubject;
    m_schemaNote->setText(view == nullptr ? QString() : view->note);
    setTint(m_schemaNote, m_schemaSubject.isEmpty() ? Tint::kWarnText : Tint::kTextSecondary);
    m_schemaLink->setVisible(!m_schemaSubject.isEmpty());
    m_schema->setVisible(!m_schemaNote->text().isEmpty());
}

void RecordInspector::showFacts() {
    const RecordDetail& d = *m_detail;
    m_facts->clear();
    m_facts->set(tr("Topic"), QString::fromStdString(d.address.partition.topic), {}, true);
    m_facts->set(tr("Partition"), QString::number(d.address.partition.partition.value), {}, true);
    m_facts->set(tr("Offset"), formatCount(d.address.offset.value), {}, true);
    m_facts->set(tr("Timestamp"), formatAbsolute(d.timestamp), formatRelative(d.timestamp, nowTimestamp()), true);
    m_facts->set(tr("Set by"), d.batch.timestampType == TimestampType::kCreateTime ? tr("producer") : tr("broker"));
    m_facts->set(tr("Size"), formatBytes(d.sizeBytes), formatBytesExact(d.sizeBytes));
    m_facts->set(tr("Batch"), tr("%1 to %2, %3")
                                  .arg(formatCount(d.batch.baseOffset.value), formatCount(d.batch.lastOffset.value),
                                       plural(d.batch.recordCount, tr("record"), tr("records"))));
    m_facts->set(tr("Batch size"), formatBytes(d.batch.sizeBytes), formatBytesExact(d.batch.sizeBytes));
    m_facts->set(tr("Compression"), compressionName(d.batch.compression));
    m_facts->set(tr("Leader epoch"), QString::number(d.batch.leaderEpoch.value));
    const bool idempotent = d.batch.producerId != kNoProducerId;
    m_facts->set(
        tr("Producer id"),
        idempotent ? tr("%1, epoch %2").arg(d.batch.producerId.value).arg(d.batch.producerEpoch.value) : kNone);
    m_facts->set(tr("Base sequence"), idempotent ? QString::number(d.batch.baseSequence.value) : kNone);
    m_facts->set(tr("Transaction"),
                 !d.batch.isTransactional                          ? tr("none")
                 : d.batch.outcome == TransactionOutcome::kAborted ? tr("aborted: readers of committed data skip it")
                 : d.batch.outcome == TransactionOutcome::kOpen ? tr("open: readers of committed data wait for its end")
                                                                : tr("committed"));
    QStringList why;
    for (const DecodedView& view : d.valueViews) {
        if (!view.ok) {
            why << tr("%1: %2").arg(view.decoder, view.text);
        }
    }
    m_why->setText(why.isEmpty() ? QString()
                                 : tr("Why the value is not read as:\n%1").arg(why.join(QLatin1Char('\n'))));
}

void RecordInspector::loadDiff() {
    m_diff->setTexts({}, {});
    if (!m_detail->key) {
        m_diffNote->setText(tr("This record has no key, so there is no earlier value to compare with."));
        return;
    }
    m_diffNote->setText(tr("Looking for the previous record with this key…"));
    const int asked = m_asked;
    m_records.previousOfKey(m_detail->address, this,
                            [this, asked](const ClusterResult<std::optional<RecordDetail>>& answer) {
                                if (asked != m_asked) {
                                    return;
                                }
                                if (!answer.ok()) {
                                    m_diffNote->setText(QString::fromStdString(answer.error().message));
                                    return;
                                }
                                const std::optional<RecordDetail>& before = answer.value();
                                if (!before) {
                                    m_diffNote->setText(tr("No earlier record with this key was found."));
                                    return;
                                }
                                const auto best = [](const RecordDetail& d) {
                                    return d.valueViews.empty() ? QString() : d.valueViews.front().text;
                                };
                                m_diff->setTexts(best(*before), best(*m_detail));
                                m_diffNote->setText(tr("Compared with offset %1, %2 before.")
                                                        .arg(formatCount(before->address.offset.value),
                                                             formatDuration(m_detail->timestamp - before->timestamp)));
                            });
}

void RecordInspector::fieldMenu(const QString& path, const QString& value, QPoint at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString field = (m_tabs->current() == kKey ? QStringLiteral("key") : QStringLiteral("value")) +
                          (path.isEmpty() ? QString() : QLatin1Char('.') + path);
    connect(menu->addAction(tr("Only records where %1 is the same").arg(field)), &QAction::triggered, this,
            [this, field, value] { Q_EMIT filterRequested(field + QStringLiteral(" == ") + literal(value)); });
    connect(menu->addAction(tr("Without records where %1 is the same").arg(field)), &QAction::triggered, this,
            [this, field, value] { Q_EMIT filterRequested(field + QStringLiteral(" != ") + literal(value)); });
    menu->addSeparator();
    if (m_tabs->current() == kValue && !path.isEmpty()) {
        connect(menu->addAction(tr("Show %1 as a column").arg(path)), &QAction::triggered, this,
                [this, path] { Q_EMIT columnRequested(path); });
        connect(menu->addAction(tr("Plot %1").arg(path)), &QAction::triggered, this,
                [this, path] { Q_EMIT plotRequested(path); });
        menu->addSeparator();
    }
    connect(menu->addAction(tr("Copy value")), &QAction::triggered, this,
            [value] { QGuiApplication::clipboard()->setText(value); });
    menu->popup(at);
}

}  // namespace weir::ui
