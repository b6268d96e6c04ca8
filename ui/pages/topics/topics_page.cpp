// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/topics_page.h"

#include <QAction>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include "ui/pages/topics/create_topic_panel.h"
#include "ui/pages/topics/topic_actions.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

/// Who reads what changes slowly and costs a walk over every commit of every group.
constexpr qint64 kReadersEveryMs = 1000;

}  // namespace

TopicsPage::TopicsPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("topics"), parent) {
    setTitle(tr("Topics"));
    buildActions();
    buildTools();
    buildTable();
    buildEmpty();
    connect(&backend.live(), &LiveFeed::changed, this, &TopicsPage::showRows);
    showRows();
    showSelection();
}

void TopicsPage::buildActions() {
    const auto action = [this](const QString& text, const char* icon, auto slot, QKeySequence shortcut = {}) {
        auto* made = new QAction(Theme::of().icon(QString::fromLatin1(icon)), text, this);
        made->setShortcut(shortcut);
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QAction::triggered, this, slot);
        addAction(made);
        return made;
    };
    m_create = action(tr("Create topic"), "add", &TopicsPage::create, QKeySequence::New);
    const QString whyNot = forbidden(Feature::kEdit);
    m_create->setEnabled(whyNot.isEmpty());
    m_create->setIcon(Theme::of().icon(QStringLiteral("add"), Tint::kOnAccent));
    m_create->setToolTip(whyNot.isEmpty() ? tr("Create a topic") : whyNot);
    addHeaderAction(m_create, ButtonKind::kPrimary);
    m_open = action(tr("Open"), "topics", [this] {
        for (const QString& topic : selectedTopics()) {
            openTopic(topic);
        }
    });
    m_publish = action(tr("Publish to it"), "publish", [this] { openPublish(selectedTopics().value(0)); });
    m_replay = action(tr("Replay it"), "replay", [this] {
        ReplaySpec spec;
        spec.fromTopic = selectedTopics().value(0);
        openReplay(spec);
    });
    m_actions = new TopicActions(backend(), *this, [this] { return selectedTopics(); });
    m_actions->remove()->setShortcut(QKeySequence::Delete);
}

void TopicsPage::buildTools() {
    m_search = new SearchField(tr("Search topics"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    m_internal = new QCheckBox(tr("Show internal"), this);
    m_internal->setToolTip(tr("Topics that Kafka keeps for itself, such as __consumer_offsets"));
    m_internal->setChecked(backend().settings().value(QStringLiteral("topics/internal"), false).toBool());
    toolRow()->addWidget(m_search, 1);
    toolRow()->addWidget(m_internal);
    toolRow()->addStretch(1);
    m_selectionBar = new QWidget(this);
    auto* row = new QHBoxLayout(m_selectionBar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kSmallGap);
    m_selection = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, m_selectionBar);
    row->addWidget(m_selection);
    row->addSpacing(Theme::kGap);
    for (QAction* action :
         {m_actions->edit(), m_actions->clone(), m_actions->save(), m_actions->purge(), m_actions->remove()}) {
        row->addWidget(makeButton(action, ButtonKind::kQuiet, m_selectionBar));
    }
    toolRow()->addWidget(m_selectionBar);
    // The row keeps its height whether or not something is selected.
    QSizePolicy policy = m_selectionBar->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_selectionBar->setSizePolicy(policy);
    connect(m_internal, &QCheckBox::toggled, this, [this](bool shown) {
        backend().settings().setValue(QStringLiteral("topics/internal"), shown);
        showRows();
    });
}

void TopicsPage::buildTable() {
    m_model = new KeyedModel<TopicRow>(topicColumns(backend().live()), this);
    m_table = new DataTable(backend().settings(), QStringLiteral("topics"), this);
    m_table->setDefaultWidths({220, 78, 66, 112, 84, 80, 110, 100, 84, 84, 66, 90});
    m_table->setDefaultSort(kTopicName, Qt::AscendingOrder);
    m_table->setStretchColumn(kTopicName);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Topics"));
    setContent(m_table);
    connect(m_table, &DataTable::selectedRowsChanged, this, &TopicsPage::showSelection);
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        if (const TopicRow* topic = m_model->rowAt(row)) {
            openTopic(QString::fromStdString(topic->name));
        }
    });
    connect(m_table, &DataTable::menuRequested, this, &TopicsPage::showMenu);
    connect(m_search, &SearchField::searched, this, [this](const QString& text) {
        m_table->proxy().setFilterKeyColumn(kTopicName);
        m_table->setFilterText(text);
        showRows();
    });
}

void TopicsPage::buildEmpty() {
    auto* empty = new EmptyState(QStringLiteral("topics"), tr("No topics yet."), this);
    empty->setDetail(
        tr("A topic is a named log that programs write records to and read them from. Create one, start a feed that "
           "fills some, or connect any Kafka client to %1.")
            .arg(backend().facts().bootstrap));
    empty->addStep(m_create);
    auto* feed = new QAction(Theme::of().icon(QStringLiteral("feeds")), tr("Start a feed"), this);
    connect(feed, &QAction::triggered, this, [this] {
        NavigationTarget target;
        target.kind = PageKind::kFeeds;
        go(target);
    });
    empty->addStep(feed);
    setEmptyState(empty);
}

void TopicsPage::showRows() {
    const SnapshotPtr snapshot = backend().live().current();
    if (!m_sinceReaders.isValid() || m_sinceReaders.elapsed() >= kReadersEveryMs) {
        m_readers = readersOf(*snapshot);
        m_sinceReaders.start();
    }
    const auto internal = m_internal->isChecked() ? InternalTopics::kShow : InternalTopics::kHide;
    m_model->setRows(topicRows(backend().live(), m_readers, internal));
    // Sparklines and relative times move without a change of the rows.
    m_table->viewport()->update();
    qint64 partitions = 0;
    std::int64_t bytes = 0;
    for (const TopicRow& row : m_model->rows()) {
        partitions += row.partitions;
        bytes += row.bytes;
    }
    QString facts = tr("%1 · %2 · %3")
                        .arg(plural(m_model->rowCount(), tr("topic"), tr("topics")),
                             plural(partitions, tr("partition"), tr("partitions")), formatBytes(bytes));
    if (!m_search->text().isEmpty()) {
        facts += tr(" · %1 shown").arg(formatCount(m_table->proxy().rowCount()));
    }
    setFacts(facts);
    if (snapshot->topics.empty()) {
        showEmpty();
    } else {
        showContent();
    }
    // Only what was said about silence is taken back when the cluster answers again.
    if (const QString stale = backend().live().staleReason(); stale != m_stale) {
        m_stale = stale;
        if (stale.isEmpty()) {
            clearProblem();
        } else {
            showProblem(stale);
        }
    }
}

QStringList TopicsPage::selectedTopics() const {
    QStringList names;
    if (m_table == nullptr) {
        return names;
    }
    for (const int row : m_table->selectedSourceRows()) {
        if (const TopicRow* topic = m_model->rowAt(row)) {
            names.append(QString::fromStdString(topic->name));
        }
    }
    return names;
}

void TopicsPage::showSelection() {
    std::int64_t bytes = 0;
    const QList<int> rows = m_table->selectedSourceRows();
    for (const int row : rows) {
        const TopicRow* topic = m_model->rowAt(row);
        bytes += topic != nullptr ? topic->bytes : 0;
    }
    const auto count = rows.size();
    m_selectionBar->setVisible(count > 0);
    m_selection->setText(tr("%1 selected · %2").arg(formatCount(count), formatBytes(bytes)));
    m_actions->update();
    m_open->setEnabled(count > 0);
    const QString one = tr("Select one topic for this.");
    for (QAction* action : {m_publish, m_replay}) {
        action->setEnabled(count == 1);
        action->setToolTip(count > 1 ? one : QString());
    }
}

void TopicsPage::create() {
    auto* panel = new CreateTopicPanel(backend(), this);
    connect(panel, &CreateTopicPanel::created, this, [this](const QString& topic) {
        say(tr("Created %1.").arg(topic));
        showRows();
        m_table->selectSourceRow(m_model->indexOf(topic.toStdString()));
        m_table->setFocus();
    });
    openPanel(panel);
}

void TopicsPage::showMenu(const QPoint& at) {
    if (selectedTopics().isEmpty()) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    menu->addActions({m_open, m_publish, m_replay});
    menu->addSeparator();
    menu->addActions({m_actions->edit(), m_actions->partitions(), m_actions->clone(), m_actions->save()});
    menu->addSeparator();
    menu->addActions({m_actions->purge(), m_actions->remove()});
    menu->popup(at);
}

void TopicsPage::focusSearch() {
    m_search->setFocus();
    m_search->selectAll();
}

void TopicsPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (target.section == QLatin1String("create")) {
        create();
    } else if (!target.subject.isEmpty()) {
        m_table->selectSourceRow(m_model->indexOf(target.subject.toStdString()));
    }
}

QVariantMap TopicsPage::saveState() const {
    return {{QStringLiteral("search"), m_search->text()}};
}

void TopicsPage::restoreState(const QVariantMap& state) {
    m_search->setText(state.value(QStringLiteral("search")).toString());
}

}  // namespace weir::ui
