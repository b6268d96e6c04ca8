// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/transactions/transactions_page.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/pages/transactions/abort_panel.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

TransactionsPage::TransactionsPage(Backend& backend, QWidget* parent)
    : Page(backend, QStringLiteral("transactions"), parent) {
    setTitle(tr("Transactions"));
    m_scope = new SegmentedControl({tr("All"), tr("Open")}, this);
    m_scope->setAccessibleName(tr("Which transactions"));
    m_scope->setChoiceTooltip(1, tr("Only what has not ended yet."));
    m_search = new SearchField(tr("Search transactional ids"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    toolRow()->addWidget(m_search, 1);
    toolRow()->addWidget(m_scope);
    toolRow()->addStretch(1);
    m_abort = new QAction(Theme::of().icon(QStringLiteral("stop")), tr("Abort"), this);
    addHeaderAction(m_abort);
    forbid(m_abort, forbidden(Feature::kEdit));
    buildTable();
    setContent(m_table);
    setInspector(buildDetail());
    auto* empty = new EmptyState(QStringLiteral("swap"), tr("No transactions yet."), this);
    empty->setDetail(
        tr("A producer with a transactional.id writes to several partitions and commits offsets all at once, or not at "
           "all. As soon as one connects to %1, it is listed here: what is open, since when, and who waits for it.")
            .arg(backend.facts().bootstrap));
    auto* connectStep = new QAction(tr("Show code that connects"), this);
    connect(connectStep, &QAction::triggered, this, [this] { go(NavigationTarget{}); });
    empty->addStep(connectStep);
    setEmptyState(empty);
    connect(m_abort, &QAction::triggered, this, &TransactionsPage::abort);
    connect(m_search, &SearchField::searched, m_table, &DataTable::setFilterText);
    connect(m_scope, &SegmentedControl::chosen, this, &TransactionsPage::showRows);
    connect(&backend.live(), &LiveFeed::changed, this, [this] {
        if (isVisible()) {
            ask();
        }
    });
    showDetail();
    ask();
}

void TransactionsPage::buildTable() {
    m_model = new KeyedModel<TransactionRow>(transactionColumns(), this);
    m_table = new DataTable(backend().settings(), QStringLiteral("transactions"), this);
    m_table->setDefaultWidths({240, 112, 104, 90, 120, 100, 70, 70, 80});
    m_table->setDefaultSort(2, Qt::DescendingOrder);
    m_table->setStretchColumn(0);
    // The inspector tells these of the chosen one.
    m_table->setGivingWay({6, 5, 8, 7, 3});
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Transactions"));
    m_table->setEmptyText(tr("No transaction is open now."));
    connect(m_table, &DataTable::currentRowChanged, this, &TransactionsPage::showDetail);
    connect(m_table, &DataTable::rowOpened, this, [this] { setInspectorVisible(true); });
    connect(m_table, &DataTable::rowPreviewed, this, [this] { setInspectorVisible(!isInspectorVisible()); });
    connect(m_table, &DataTable::menuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(m_abort);
        menu->popup(at);
    });
}

QWidget* TransactionsPage::buildDetail() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(Theme::kPageMargin, Theme::kGap, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGap);
    m_meaning = makeLabel(QString(), FontRole::kBody, Tint::kText, box);
    m_meaning->setWordWrap(true);
    column->addWidget(m_meaning);
    m_facts = new KeyValueList(box);
    column->addWidget(m_facts);
    column->addSpacing(Theme::kGap);
    column->addWidget(makeLabel(tr("Where it has written"), FontRole::kSection, Tint::kText, box));
    m_placeModel = new KeyedModel<PlaceRow>(placeColumns(), this);
    m_places = new DataTable(backend().settings(), QStringLiteral("transactions/places"), box);
    m_places->setDefaultWidths({180, 100, 90});
    m_places->setDefaultSort(0, Qt::AscendingOrder);
    m_places->setStretchColumn(0);
    m_places->setSource(m_placeModel);
    m_places->setAccessibleName(tr("Partitions of the transaction"));
    m_places->setEmptyText(tr("Nothing is open in a partition."));
    column->addWidget(m_places, 1);
    connect(m_places, &DataTable::rowOpened, this, [this](int row) {
        if (const PlaceRow* chosen = m_placeModel->rowAt(row)) {
            RecordQuery query;
            query.topic = QString::fromStdString(chosen->place.partition.topic);
            query.partitions = {chosen->place.partition.partition};
            query.start.kind = chosen->place.first == kNoOffset ? StartKind::kNewest : StartKind::kOffset;
            query.start.offset = chosen->place.first;
            openMessages(query);
        }
    });
    return box;
}

void TransactionsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    ask();
}

void TransactionsPage::ask() {
    if (!m_pace.begin()) {
        return;
    }
    backend().operations().transactions(this, [this](const ClusterResult<std::vector<TransactionInfo>>& answer) {
        m_pace.answered();
        if (!answer.ok()) {
            m_failed = true;
            showProblem(QString::fromStdString(answer.error().message));
            return;
        }
        if (std::exchange(m_failed, false)) {
            clearProblem();
        }
        m_all = answer.value();
        showRows();
    });
}

void TransactionsPage::showRows() {
    const Timestamp now = nowTimestamp();
    std::vector<TransactionRow> rows;
    qint64 open = 0;
    qint64 oldest = -1;
    for (const TransactionInfo& info : m_all) {
        const qint64 age =
            info.startedAt == kNoTimestamp || !info.isOpen() ? -1 : std::max<qint64>(0, now - info.startedAt);
        open += info.isOpen() ? 1 : 0;
        oldest = std::max(oldest, age);
        if (m_scope->current() == 0 || info.isOpen()) {
            // By the second: a row that changes four times a second cannot be read.
            rows.push_back({info, age < 0 ? age : age / 1000 * 1000});
        }
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_model->setRows(std::move(rows));
    setFacts(tr("%1 · %2 open%3")
                 .arg(plural(static_cast<qint64>(m_all.size()), tr("transactional id"), tr("transactional ids")),
                      formatCount(open), oldest < 0 ? QString() : tr(" · oldest %1").arg(formatDuration(oldest))));
    if (m_all.empty()) {
        showEmpty();
        return;
    }
    showContent();
    if (!m_wanted.empty()) {
        for (int row = 0; row < m_model->rowCount(); ++row) {
            if (m_model->rowAt(row)->info.id == m_wanted) {
                m_table->selectSourceRow(row);
                setInspectorVisible(true);
            }
        }
        m_wanted.clear();
    }
    if (m_table->currentSourceRow() < 0 && m_model->rowCount() > 0) {
        m_table->setCurrentIndex(m_table->proxy().index(0, 0));
    }
    showDetail();
}

const TransactionRow* TransactionsPage::current() const {
    return m_model->rowAt(m_table->currentSourceRow());
}

void TransactionsPage::showDetail() {
    const TransactionRow* row = current();
    setInspectorVisible(row != nullptr);
    const bool canAbort = row != nullptr && (row->info.state == TransactionState::kOngoing ||
                                             row->info.state == TransactionState::kUnowned);
    m_abort->setEnabled(canAbort);
    m_abort->setToolTip(
        canAbort ? tr("End it as aborted; its producer is fenced")
        : row == nullptr
            ? tr("Choose a transaction first.")
            : tr("Only an open transaction can be aborted; this one is: %1.").arg(wordOf(row->info.state)));
    if (row == nullptr) {
        return;
    }
    const TransactionInfo& info = row->info;
    m_meaning->setText(meaningOf(info.state));
    m_facts->set(tr("Producer id"), QString::number(info.producerId.value), {}, true);
    m_facts->set(tr("Epoch"), QString::number(info.epoch.value), {}, true);
    m_facts->set(tr("Protocol"), info.version == 2 ? tr("2: a new epoch with each transaction") : tr("1"));
    m_facts->set(tr("Began"), info.startedAt == kNoTimestamp ? kNone : formatAbsolute(info.startedAt));
    m_facts->set(tr("Last change"), info.updatedAt == kNoTimestamp ? kNone : formatAbsolute(info.updatedAt));
    QStringList groups;
    for (const std::string& group : info.groups) {
        groups.append(QString::fromStdString(group));
    }
    m_facts->set(tr("Staged offsets"), groups.isEmpty() ? kNone : groups.join(QStringLiteral(", ")));
    std::vector<PlaceRow> places;
    for (const TransactionPlace& place : info.places) {
        places.push_back({place});
    }
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_placeModel->setRows(std::move(places));
}

void TransactionsPage::abort() {
    const TransactionRow* row = current();
    if (row == nullptr) {
        return;
    }
    auto* panel = new AbortPanel(backend(), row->info, this);
    connect(panel, &AbortPanel::finished, this, [this, id = row->info.id] {
        say(id.empty() ? tr("Aborted the hanging transaction.") : tr("Aborted %1.").arg(QString::fromStdString(id)));
        refresh();
    });
    openPanel(panel);
}

void TransactionsPage::focusSearch() {
    m_search->setFocus();
}

void TransactionsPage::refresh() {
    m_pace.hurry();
    ask();
}

void TransactionsPage::open(const NavigationTarget& target) {
    Page::open(target);
    m_wanted = target.section.toStdString();
    refresh();
}

}  // namespace weir::ui
