// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/schemas/schemas_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <algorithm>
#include <utility>

#include "ui/pages/schemas/schema_detail.h"
#include "ui/pages/schemas/schema_panels.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"

namespace weir::ui {

namespace {

/// Where serializers look for a registry when nobody says otherwise.
constexpr int kUsualPort = 8081;
constexpr int kDetailWidth = 500;

}  // namespace

SchemasPage::SchemasPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("schemas"), parent) {
    setTitle(tr("Schemas"));
    buildActions();
    buildTools();
    buildTable();
    setContent(m_table);
    m_detail = new SchemaDetail(backend, this);
    setInspector(m_detail, kDetailWidth);
    buildEmpty();
    connect(m_detail, &SchemaDetail::failed, this, &SchemasPage::showProblem);
    connect(m_detail, &SchemaDetail::changed, this, &SchemasPage::refresh);
    connect(m_detail, &SchemaDetail::removeVersionRequested, this, [this] {
        const std::vector<SchemaSubject> subjects = chosen();
        if (subjects.size() == 1 && m_detail->current() != nullptr) {
            remove(subjects, m_detail->current()->version);
        }
    });
    connect(&backend.live(), &LiveFeed::changed, this, [this] {
        if (isVisible()) {
            ask();
        }
    });
    ask();
}

void SchemasPage::buildActions() {
    const Theme& theme = Theme::of();
    m_remove = new QAction(theme.icon(QStringLiteral("delete")), tr("Delete"), this);
    m_addVersion = new QAction(theme.icon(QStringLiteral("edit")), tr("New version"), this);
    m_add = new QAction(theme.icon(QStringLiteral("add"), Tint::kOnAccent), tr("Add schema"), this);
    m_switchOff = new QAction(tr("Switch the registry off"), this);
    m_switchOff->setToolTip(tr("Closes its port; what is registered stays."));
    addHeaderAction(m_remove);
    addHeaderAction(m_addVersion);
    addHeaderAction(m_add, ButtonKind::kPrimary);
    addMenuAction(m_switchOff);
    connect(m_add, &QAction::triggered, this, [this] { add(std::nullopt); });
    connect(m_addVersion, &QAction::triggered, this, [this] {
        if (const std::vector<SchemaSubject> subjects = chosen(); subjects.size() == 1) {
            add(subjects.front().latest);
        }
    });
    connect(m_remove, &QAction::triggered, this, [this] {
        if (std::vector<SchemaSubject> subjects = chosen(); !subjects.empty()) {
            remove(std::move(subjects), std::nullopt);
        }
    });
    connect(m_switchOff, &QAction::triggered, this, [this] { listen(-1); });
    for (QAction* const change : {m_remove, m_addVersion, m_add, m_switchOff}) {
        forbid(change, forbidden(Feature::kEdit));
    }
}

void SchemasPage::buildTools() {
    m_search = new SearchField(tr("Search subjects"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    toolRow()->addWidget(m_search, 1);
    toolRow()->addStretch(1);
    m_url = makeLabel(QString(), FontRole::kMono, Tint::kTextSecondary, this);
    m_url->setToolTip(tr("schema.registry.url of your serializers"));
    toolRow()->addWidget(m_url);
    m_copyUrl = new CopyButton(
        tr("Copy the registry's address"), [this] { return QString::fromStdString(m_state.url); }, this);
    toolRow()->addWidget(m_copyUrl);
    toolRow()->addSpacing(Theme::kGap);
    toolRow()->addWidget(makeLabel(tr("All subjects"), FontRole::kSecondary, Tint::kTextSecondary, this));
    m_level = new QComboBox(this);
    m_level->setAccessibleName(tr("Compatibility of all subjects"));
    for (const QString& level : schemaLevels()) {
        m_level->addItem(level, level);
        m_level->setItemData(m_level->count() - 1, meaningOfLevel(level), Qt::ToolTipRole);
    }
    toolRow()->addWidget(m_level);
    connect(m_level, &QComboBox::activated, this, &SchemasPage::setLevel);
}

void SchemasPage::buildTable() {
    m_model = new KeyedModel<SubjectRow>(subjectColumns(), this);
    m_table = new DataTable(backend().settings(), QStringLiteral("schemas"), this);
    m_table->setDefaultWidths({200, 108, 76, 52, 168});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(0);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Subjects"));
    m_table->setEmptyText(tr("No subject matches."));
    connect(m_search, &SearchField::searched, m_table, &DataTable::setFilterText);
    connect(m_table, &DataTable::currentRowChanged, this, &SchemasPage::showDetail);
    connect(m_table, &DataTable::selectedRowsChanged, this, &SchemasPage::showDetail);
    connect(m_table, &DataTable::rowOpened, this, [this] { setInspectorVisible(true); });
    connect(m_table, &DataTable::rowPreviewed, this, [this] { setInspectorVisible(!isInspectorVisible()); });
    connect(m_table, &DataTable::menuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(m_addVersion);
        menu->addAction(m_remove);
        menu->popup(at);
    });
}

void SchemasPage::buildEmpty() {
    m_empty = new EmptyState(QStringLiteral("schema"), QString(), this);
    m_switchOn = new QAction(tr("Switch it on at port %1").arg(kUsualPort), this);
    m_otherPort = new QAction(tr("Use any free port"), this);
    m_addFirst = new QAction(tr("Add a schema"), this);
    for (QAction* step : {m_switchOn, m_otherPort, m_addFirst}) {
        forbid(step, forbidden(Feature::kEdit));
        m_empty->addStep(step);
    }
    setEmptyState(m_empty);
    connect(m_switchOn, &QAction::triggered, this, [this] { listen(kUsualPort); });
    connect(m_otherPort, &QAction::triggered, this, [this] { listen(0); });
    connect(m_addFirst, &QAction::triggered, this, [this] { add(std::nullopt); });
    showState();
}

void SchemasPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    ask();
}

void SchemasPage::ask() {
    if (!m_pace.begin()) {
        return;
    }
    backend().schemas().look(this, [this](const ClusterResult<SchemaRegistryState>& answer) {
        m_pace.answered();
        if (answer.ok() && std::exchange(m_failed, false)) {
            clearProblem();
        }
        m_failed = !answer.ok();
        take(answer);
    });
}

void SchemasPage::take(const ClusterResult<SchemaRegistryState>& answer) {
    if (!answer.ok()) {
        showProblem(QString::fromStdString(answer.error().message));
        showState();
        return;
    }
    m_state = answer.value();
    m_isKnown = true;
    std::vector<SubjectRow> rows;
    for (const SchemaSubject& subject : m_state.subjects) {
        rows.push_back({subject});
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_model->setRows(std::move(rows));
    selectWanted();
    showState();
    showDetail();
}

void SchemasPage::showState() {
    const bool isOn = !m_state.url.empty();
    const bool isEmpty = m_state.subjects.empty();
    qint64 versions = 0;
    for (const SchemaSubject& each : m_state.subjects) {
        versions += each.versionCount;
    }
    setFacts(!m_isKnown ? QString()
                        : tr("%1 · %2 · %3")
                              .arg(plural(static_cast<qint64>(m_state.subjects.size()), tr("subject"), tr("subjects")),
                                   plural(versions, tr("version"), tr("versions")),
                                   isOn ? tr("port open") : tr("port closed")));
    m_url->setText(isOn ? QString::fromStdString(m_state.url) : tr("port closed"));
    m_copyUrl->setVisible(isOn);
    m_switchOff->setEnabled(isOn);
    {
        const QSignalBlocker quiet(m_level);
        m_level->setCurrentIndex(std::max(0, m_level->findData(QString::fromStdString(m_state.compatibility))));
        m_level->setToolTip(meaningOfLevel(m_level->currentData().toString()));
    }
    m_add->setEnabled(m_isKnown);
    m_add->setToolTip(m_isKnown ? QString() : tr("There is no registry to add it to."));
    m_level->setEnabled(m_isKnown);
    m_switchOn->setVisible(m_isKnown && !isOn);
    m_otherPort->setVisible(m_isKnown && !isOn);
    m_addFirst->setVisible(isOn);
    m_empty->setSentence(isOn        ? tr("No schema is registered yet.")
                         : m_isKnown ? tr("The schema registry is off.")
                                     : tr("No schema registry to show."));
    m_empty->setDetail(
        isOn
            ? tr("Serializers register theirs with the first record they write. Give them schema.registry.url=%1, or "
                 "add one by hand.")
                  .arg(QString::fromStdString(m_state.url))
            : tr("It keeps the shape of records: what fields they have, in Avro, JSON Schema or Protobuf, and how they "
                 "may change. Serializers of Kafka clients register with it and look up from it, as with Confluent's; "
                 "it answers on this computer only."));
    sayClosed(m_isKnown && !isEmpty && !isOn);
    if (!m_isKnown || isEmpty) {
        setInspectorVisible(false);
        showEmpty();
    } else {
        showContent();
    }
}

void SchemasPage::sayClosed(bool isClosed) {
    // Said once, so that what went wrong is not written over a moment later.
    if (std::exchange(m_saysClosed, isClosed) == isClosed) {
        return;
    }
    if (isClosed) {
        banner().show(Mood::kInfo,
                      tr("The registry's port is closed: serializers cannot reach what is registered here."));
        banner().setAction(tr("Switch it on"), [this] { listen(kUsualPort); });
    } else {
        banner().setAction({}, {});
        clearProblem();
    }
}

std::vector<SchemaSubject> SchemasPage::chosen() const {
    std::vector<SchemaSubject> subjects;
    for (const int row : m_table->selectedSourceRows()) {
        if (const SubjectRow* each = m_model->rowAt(row)) {
            subjects.push_back(each->subject);
        }
    }
    return subjects;
}

void SchemasPage::selectWanted() {
    if (const int row = m_wanted.empty() ? -1 : m_model->indexOf(m_wanted); row >= 0) {
        m_table->selectSourceRow(row);
        m_wanted.clear();
    } else if (m_table->currentSourceRow() < 0 && m_model->rowCount() > 0) {
        m_table->setCurrentIndex(m_table->proxy().index(0, 0));
    }
}

void SchemasPage::showDetail() {
    const std::vector<SchemaSubject> subjects = chosen();
    const bool isOne = subjects.size() == 1;
    m_addVersion->setEnabled(isOne);
    m_addVersion->setToolTip(isOne ? tr("Begins with the latest version's text") : tr("Choose one subject first."));
    m_remove->setEnabled(!subjects.empty());
    m_remove->setToolTip(subjects.empty() ? tr("Choose a subject first.") : QString());
    if (m_state.subjects.empty()) {
        m_detail->clear();
        return;
    }
    if (!isOne) {
        m_detail->clear();
        return;
    }
    const bool isOther = m_detail->subject().toStdString() != subjects.front().latest.subject;
    m_detail->show(subjects.front(), QString::fromStdString(m_state.compatibility));
    if (isOther) {
        setInspectorVisible(true);
    }
}

void SchemasPage::listen(int port) {
    clearProblem();
    backend().schemas().listen(port, this, [this, port](const ClusterResult<SchemaRegistryState>& answer) {
        take(answer);
        if (answer.ok()) {
            say(port < 0 ? tr("The registry's port is closed.")
                         : tr("The registry answers at %1.").arg(QString::fromStdString(answer.value().url)));
        }
    });
}

void SchemasPage::add(const std::optional<SchemaVersion>& from) {
    auto* panel = new NewSchemaPanel(backend(), from, this);
    connect(panel, &NewSchemaPanel::registered, this, [this](const SchemaVersion& version) {
        m_wanted = version.subject;
        say(tr("Registered %1 version %2 with id %3.")
                .arg(QString::fromStdString(version.subject))
                .arg(version.version)
                .arg(version.id));
        refresh();
    });
    openPanel(panel);
}

void SchemasPage::remove(std::vector<SchemaSubject> subjects, std::optional<int> version) {
    auto* panel = new RemoveSchemasPanel(backend(), std::move(subjects), version, this);
    connect(panel, &RemoveSchemasPanel::finished, this, [this, panel, version] {
        const std::vector<RemoveSchemasPanel::Removed> gone = panel->removed();
        refresh();
        if (gone.empty()) {
            return;
        }
        const QString name = QString::fromStdString(gone.front().subject.latest.subject);
        const QString what = version           ? tr("version %1 of %2").arg(*version).arg(name)
                             : gone.size() > 1 ? plural(static_cast<qint64>(gone.size()), tr("subject"), tr("subjects"))
                                               : name;
        offerUndo(tr("Deleted %1.").arg(what), [this, gone] {
            const auto done = [this](const ClusterResult<void>& answer) {
                answer.ok() ? refresh() : showProblem(QString::fromStdString(answer.error().message));
            };
            for (const RemoveSchemasPanel::Removed& each : gone) {
                const QString subject = QString::fromStdString(each.subject.latest.subject);
                backend().schemas().restore(subject, each.versions, this, done);
                // With its last version a subject loses its level as well.
                if (each.subject.isOwnCompatibility) {
                    backend().schemas().setCompatibility(subject, QString::fromStdString(each.subject.compatibility),
                                                         this, done);
                }
            }
        });
    });
    openPanel(panel);
}

void SchemasPage::setLevel(int index) {
    const QString level = m_level->itemData(index).toString();
    backend().schemas().setCompatibility(QString(), level, this, [this, level](const ClusterResult<void>& answer) {
        if (answer.ok()) {
            say(tr("All subjects without a level of their own: %1.").arg(level));
        } else {
            showProblem(QString::fromStdString(answer.error().message));
        }
        refresh();
    });
}

void SchemasPage::focusSearch() {
    m_search->setFocus();
}

void SchemasPage::refresh() {
    m_pace.hurry();
    ask();
}

void SchemasPage::open(const NavigationTarget& target) {
    Page::open(target);
    m_wanted = target.section.toStdString();
    refresh();
}

}  // namespace weir::ui
