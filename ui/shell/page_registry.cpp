// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_registry.h"

#include <QCoreApplication>

#include "ui/pages/access/access_page.h"
#include "ui/pages/clients/clients_page.h"
#include "ui/pages/cluster/cluster_page.h"
#include "ui/pages/connections/connections_page.h"
#include "ui/pages/feeds/feeds_page.h"
#include "ui/pages/groups/group_page.h"
#include "ui/pages/groups/groups_page.h"
#include "ui/pages/messages/messages_view.h"
#include "ui/pages/overview/overview_page.h"
#include "ui/pages/plot/plot_page.h"
#include "ui/pages/publish/publish_page.h"
#include "ui/pages/replay/replay_page.h"
#include "ui/pages/schemas/schemas_page.h"
#include "ui/pages/settings/settings_page.h"
#include "ui/pages/topic/topic_page.h"
#include "ui/pages/topics/topic_actions.h"
#include "ui/pages/topics/topics_page.h"
#include "ui/pages/transactions/transactions_page.h"

namespace weir::ui {
namespace {

/// Pages that show the whole cluster take nothing but the backend.
template <class P>
Page* make(Backend& backend, const NavigationTarget&) {
    return new P(backend);
}

/// Pages about one thing take its name.
template <class P>
Page* makeAbout(Backend& backend, const NavigationTarget& target) {
    return new P(backend, target.subject);
}

/// A topic's messages as its page sees them; here because pages do not know each other.
MessagesSection messagesOf(Backend& backend, const QString& topic, Page& page) {
    auto* view = new MessagesView(backend, topic, &page);
    QObject::connect(view, &MessagesView::navigationRequested, &page, &Page::navigationRequested);
    QObject::connect(view, &MessagesView::said, &page, &Page::say);
    MessagesSection section;
    section.widget = view;
    section.openQuery = [view](const RecordQuery& query) { view->openQuery(query); };
    section.focusSearch = [view] { view->focusSearch(); };
    section.refresh = [view] { view->refresh(); };
    section.saveState = [view] { return view->saveState(); };
    section.restoreState = [view](const QVariantMap& state) { view->restoreState(state); };
    return section;
}

QList<QAction*> actionsOf(Backend& backend, const QString& topic, Page& page) {
    auto* actions = new TopicActions(backend, page, [topic] { return QStringList{topic}; });
    QObject::connect(&backend.live(), &LiveFeed::changed, actions, &TopicActions::update);
    return {actions->edit(), actions->partitions(), actions->clone(),  actions->save(),
            nullptr,         actions->purge(),      actions->remove(), nullptr};
}

Page* makeTopic(Backend& backend, const NavigationTarget& target) {
    return new TopicPage(
        backend, target.subject,
        [&backend](const QString& topic, Page& page) { return messagesOf(backend, topic, page); },
        [&backend](const QString& topic, Page& page) { return actionsOf(backend, topic, page); });
}

QString words(const char* text) {
    return QCoreApplication::translate("weir::ui::Pages", text);
}

}  // namespace

PageFactory allPages() {
    PageFactory pages;
    const auto add = [&pages](PageKind kind, const char* id, const char* title, const char* icon,
                              PageFactory::Creator creator, bool listed = true) {
        pages.add({kind, QString::fromLatin1(id), words(title), QString::fromLatin1(icon), listed}, std::move(creator));
    };
    add(PageKind::kOverview, "overview", QT_TRANSLATE_NOOP("weir::ui::Pages", "Overview"), "overview",
        make<OverviewPage>);
    add(PageKind::kTopics, "topics", QT_TRANSLATE_NOOP("weir::ui::Pages", "Topics"), "topics", make<TopicsPage>);
    add(PageKind::kTopic, "topic", QT_TRANSLATE_NOOP("weir::ui::Pages", "Topic"), "topics", makeTopic, false);
    add(PageKind::kGroups, "groups", QT_TRANSLATE_NOOP("weir::ui::Pages", "Groups"), "groups", make<GroupsPage>);
    add(PageKind::kGroup, "group", QT_TRANSLATE_NOOP("weir::ui::Pages", "Group"), "groups", makeAbout<GroupPage>,
        false);
    add(PageKind::kTransactions, "transactions", QT_TRANSLATE_NOOP("weir::ui::Pages", "Transactions"), "swap",
        make<TransactionsPage>);
    add(PageKind::kClients, "clients", QT_TRANSLATE_NOOP("weir::ui::Pages", "Clients"), "clients", make<ClientsPage>);
    add(PageKind::kPublish, "publish", QT_TRANSLATE_NOOP("weir::ui::Pages", "Publish"), "publish", make<PublishPage>);
    add(PageKind::kReplay, "replay", QT_TRANSLATE_NOOP("weir::ui::Pages", "Replay"), "replay", make<ReplayPage>);
    add(PageKind::kFeeds, "feeds", QT_TRANSLATE_NOOP("weir::ui::Pages", "Feeds"), "feeds", make<FeedsPage>);
    add(PageKind::kPlot, "plot", QT_TRANSLATE_NOOP("weir::ui::Pages", "Plot"), "plot", make<PlotPage>);
    add(PageKind::kSchemas, "schemas", QT_TRANSLATE_NOOP("weir::ui::Pages", "Schemas"), "schema", make<SchemasPage>);
    add(PageKind::kCluster, "cluster", QT_TRANSLATE_NOOP("weir::ui::Pages", "Cluster"), "cluster", make<ClusterPage>);
    add(PageKind::kAccess, "access", QT_TRANSLATE_NOOP("weir::ui::Pages", "Access"), "key", make<AccessPage>);
    add(PageKind::kConnections, "connections", QT_TRANSLATE_NOOP("weir::ui::Pages", "Connections"), "link",
        make<ConnectionsPage>);
    add(PageKind::kSettings, "settings", QT_TRANSLATE_NOOP("weir::ui::Pages", "Settings"), "settings",
        make<SettingsPage>);
    return pages;
}

}  // namespace weir::ui
