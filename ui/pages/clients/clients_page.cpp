// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/clients/clients_page.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/pages/clients/client_figures.h"
#include "ui/pages/clients/traffic_map.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

ClientsPage::ClientsPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("clients"), parent) {
    setTitle(tr("Clients"));
    m_kind = new SegmentedControl({tr("List"), tr("Map")}, this);
    m_kind->setAccessibleName(tr("View"));
    addHeaderWidget(m_kind);
    m_disconnect = new QAction(tr("Disconnect"), this);
    m_disconnect->setIcon(Theme::of().icon(QStringLiteral("disconnect")));
    addHeaderAction(m_disconnect);
    m_search = new SearchField(tr("Find a client"), this);
    toolRow()->addWidget(m_search, 1);

    auto* stack = new QStackedWidget(this);
    m_model = new KeyedModel<ClientRow>(clientColumns(), this);
    m_table = new DataTable(backend.settings(), QStringLiteral("clients"), stack);
    m_table->setAccessibleName(tr("Connections"));
    m_table->setSource(m_model);
    m_table->setDefaultWidths({170, 150, 160, 84, 84, 84, 70, 160, 150, 120});
    m_table->setStretchColumn(7);
    // The inspector tells these of the chosen one.
    m_table->setGivingWay({1, 5, 9, 2, 6, 8});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    stack->addWidget(m_table);
    auto* area = new QScrollArea(stack);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    auto* inside = new QWidget(area);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    m_map = new TrafficMap(inside);
    column->addWidget(m_map);
    column->addStretch(1);
    area->setWidget(inside);
    stack->addWidget(area);
    setContent(stack);
    setInspector(buildInspector());
    auto* empty = new EmptyState(QStringLiteral("clients"), tr("No client is connected."), this);
    empty->setDetail(tr("Point one at %1: its library, what it reads and writes, and its errors appear here.")
                         .arg(backend.facts().bootstrap));
    // Only our own broker knows its clients; the page stays and says so.
    const std::string whyNot = backend.facts().capabilities.whyNot(Feature::kLiveClients);
    if (!whyNot.empty()) {
        empty->setSentence(tr("The clients of this cluster are not known."));
        empty->setDetail(QString::fromStdString(whyNot));
    }
    setEmptyState(empty);

    connect(m_kind, &SegmentedControl::chosen, stack, &QStackedWidget::setCurrentIndex);
    connect(m_search, &SearchField::searched, m_table, &DataTable::setFilterText);
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        setInspectorVisible(true);
        showClient(row);
    });
    connect(m_table, &DataTable::rowPreviewed, this, [this](int row) {
        setInspectorVisible(!isInspectorVisible());
        showClient(row);
    });
    connect(m_table, &DataTable::currentRowChanged, this, &ClientsPage::showClient);
    connect(m_table, &DataTable::menuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(m_disconnect);
        menu->popup(at);
    });
    connect(m_disconnect, &QAction::triggered, this, &ClientsPage::disconnectSelected);
    connect(m_map, &TrafficMap::topicOpened, this, [this](const QString& topic) { openTopic(topic); });
    connect(m_map, &TrafficMap::groupOpened, this, [this](const QString& group) { openGroup(group); });
    connect(&backend.live(), &LiveFeed::changed, this, &ClientsPage::showState);
    showState();
}

QWidget* ClientsPage::buildInspector() {
    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setMinimumWidth(Theme::of().px(300));
    area->setAccessibleName(tr("Client"));
    auto* inside = new QWidget(area);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(12);
    auto* head = new QHBoxLayout;
    m_title = makeLabel(QString(), FontRole::kMonoBold, Tint::kText, inside);
    head->addWidget(m_title, 1);
    auto* close = makeIconButton(QStringLiteral("close"), tr("Close the inspector"), inside);
    connect(close, &QToolButton::clicked, this, [this] { setInspectorVisible(false); });
    head->addWidget(close);
    column->addLayout(head);
    m_detail = new KeyValueList(inside);
    column->addWidget(m_detail);
    if (auto* telemetry = dynamic_cast<ClientTelemetry*>(&backend())) {
        m_figures = new ClientFigures(*telemetry, inside);
        column->addWidget(m_figures);
        connect(m_figures, &ClientFigures::failed, this, &ClientsPage::showProblem);
    }
    column->addWidget(makeLabel(tr("Requests by API and version"), FontRole::kSection, Tint::kText, inside));
    m_apis = new KeyValueList(inside);
    column->addWidget(m_apis);
    column->addStretch(1);
    area->setWidget(inside);
    return area;
}

void ClientsPage::showState() {
    const SnapshotPtr now = backend().live().current();
    m_model->setRows(clientRows(*now, *m_before));
    m_map->setSnapshot(*now);
    m_before = now;
    qint64 errors = 0;
    for (const ConnectionSnapshot& client : now->connections) {
        errors += client.errors;
    }
    const bool isKnown = backend().facts().capabilities.has(Feature::kLiveClients);
    setFacts(!isKnown
                 ? QString()
                 : tr("%1 · %2").arg(
                       plural(static_cast<qint64>(now->connections.size()), tr("connection"), tr("connections")),
                       errors == 0 ? tr("no errors") : plural(errors, tr("error answered"), tr("errors answered"))));
    if (now->connections.empty()) {
        showEmpty();
    } else {
        showContent();
    }
    const bool chosen = !m_table->selectedSourceRows().isEmpty();
    m_disconnect->setEnabled(chosen);
    m_disconnect->setToolTip(chosen ? tr("Closes the connection; most clients connect again by themselves.")
                                    : tr("Select a client first."));
    if (isInspectorVisible() && m_shown != 0) {
        showClient(m_model->indexOf(m_shown));
    }
}

void ClientsPage::showClient(int row) {
    const ClientRow* client = m_model->rowAt(row);
    if (client == nullptr) {
        return;
    }
    const ConnectionSnapshot& c = client->now;
    if (m_shown != c.id) {
        m_detail->clear();
        m_apis->clear();
        m_shown = c.id;
    }
    m_title->setText(QString::fromStdString(c.clientId.empty() ? c.remoteAddress : c.clientId));
    m_detail->set(tr("Address"), QString::fromStdString(c.remoteAddress), {}, true);
    m_detail->set(tr("Library"), c.softwareName.empty()
                                     ? tr("not told")
                                     : QString::fromStdString(c.softwareName + " " + c.softwareVersion));
    m_detail->set(tr("Connected"), formatRelative(c.connectedAt, nowTimestamp()), formatAbsolute(c.connectedAt));
    m_detail->set(tr("Last request"), formatRelative(c.lastRequestAt, nowTimestamp()), formatAbsolute(c.lastRequestAt));
    m_detail->set(tr("Sent to the broker"), formatBytes(c.bytesIn), formatBytesExact(c.bytesIn));
    m_detail->set(tr("Received"), formatBytes(c.bytesOut), formatBytesExact(c.bytesOut));
    m_detail->set(tr("Errors"), formatCount(c.errors));
    if (m_figures != nullptr) {
        m_figures->setClient(c);
    }
    for (const ApiUse& api : c.apis) {
        QString value = formatCount(api.requests);
        if (api.errors > 0) {
            value += tr(", %1").arg(plural(api.errors, tr("error"), tr("errors")));
        }
        m_apis->set(tr("%1 v%2").arg(QString::fromStdString(api.apiName)).arg(api.version), value);
    }
}

void ClientsPage::disconnectSelected() {
    for (const int row : m_table->selectedSourceRows()) {
        const ClientRow* client = m_model->rowAt(row);
        if (client == nullptr) {
            continue;
        }
        backend().topics().disconnectClient(client->now.id, this, [this](const ClusterResult<void>& answer) {
            if (answer.ok()) {
                say(tr("Disconnected."));
            } else {
                showProblem(QString::fromStdString(answer.error().message));
            }
        });
    }
}

void ClientsPage::focusSearch() {
    m_search->setFocus(Qt::ShortcutFocusReason);
}

}  // namespace weir::ui
