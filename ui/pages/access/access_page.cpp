// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/access/access_page.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pages/access/access_panels.h"
#include "ui/pages/access/access_words.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

enum Section { kUsers, kRules, kQuotas };
const QStringList kSections = {QStringLiteral("users"), QStringLiteral("rules"), QStringLiteral("quotas")};
const QString kAuthorizer =
    QStringLiteral("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer");

}  // namespace

AccessPage::AccessPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("access"), parent) {
    setTitle(tr("Access"));
    m_sections = new SegmentedControl({tr("Users"), tr("Access rules"), tr("Quotas")}, this);
    m_sections->setAccessibleName(tr("Section"));
    addHeaderWidget(m_sections);
    const auto action = [this](const char* icon, Tint tint, auto slot) {
        auto* made = new QAction(Theme::of().icon(QString::fromLatin1(icon), tint), tr("Change"), this);
        connect(made, &QAction::triggered, this, slot);
        return made;
    };
    m_edit = action("edit", Tint::kTextSecondary, &AccessPage::edit);
    m_remove = action("delete", Tint::kTextSecondary, &AccessPage::remove);
    m_add = action("add", Tint::kOnAccent, &AccessPage::add);
    m_remove->setText(tr("Delete"));
    m_add->setText(tr("Add user"));
    addHeaderAction(m_remove);
    addHeaderAction(m_edit);
    addHeaderAction(m_add, ButtonKind::kPrimary);
    for (QAction* const change : {m_remove, m_edit, m_add}) {
        forbid(change, forbidden(Feature::kEdit));
    }
    m_search = new SearchField(tr("Search"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    toolRow()->addWidget(m_search, 1);
    toolRow()->addStretch(1);
    m_users = new KeyedModel<UserRow>(userColumns(), this);
    m_rules = new KeyedModel<RuleRow>(ruleColumns(), this);
    m_quotas = new KeyedModel<QuotaRow>(quotaColumns(), this);
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_note = new Banner(box);
    m_note->setOuterMargins(QMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kGap));
    column->addWidget(m_note);
    m_stack = new QStackedWidget(box);
    column->addWidget(m_stack, 1);
    m_userTable = buildTable(QStringLiteral("users"), tr("Users"), m_users, {260, 400}, 1);
    m_ruleTable = buildTable(QStringLiteral("rules"), tr("Access rules"), m_rules, {200, 100, 200, 300, 140}, 3);
    m_quotaTable = buildTable(QStringLiteral("quotas"), tr("Quotas"), m_quotas, {280, 130, 130, 150, 180, 130}, 0);
    m_userTable->setEmptyText(
        tr("No user has a password here. Add one, and clients can log in with SCRAM at a listener that asks for it."));
    m_quotaTable->setEmptyText(
        tr("Nobody is limited. A quota slows a client down to what it may have; it is told how long to wait."));
    setContent(box);
    connect(m_sections, &SegmentedControl::chosen, this, &AccessPage::showSection);
    connect(m_search, &SearchField::searched, this, [this](const QString& text) {
        for (DataTable* each : {m_userTable, m_ruleTable, m_quotaTable}) {
            each->setFilterText(text);
        }
    });
    showSection(kUsers);
    refresh();
}

template <class Row>
DataTable* AccessPage::buildTable(const QString& name, const QString& title, KeyedModel<Row>* model,
                                  const QList<int>& widths, int stretch) {
    auto* made = new DataTable(backend().settings(), QStringLiteral("access/") + name, m_stack);
    made->setDefaultWidths(widths);
    made->setDefaultSort(0, Qt::AscendingOrder);
    made->setStretchColumn(stretch);
    made->setSource(model);
    made->setAccessibleName(title);
    m_stack->addWidget(made);
    connect(made, &DataTable::selectedRowsChanged, this, &AccessPage::showState);
    connect(made, &DataTable::rowOpened, this, &AccessPage::edit);
    connect(made, &DataTable::menuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(m_edit);
        menu->addAction(m_remove);
        menu->popup(at);
    });
    return made;
}

DataTable* AccessPage::table() const {
    return m_stack->currentIndex() == kUsers   ? m_userTable
           : m_stack->currentIndex() == kRules ? m_ruleTable
                                               : m_quotaTable;
}

void AccessPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    refresh();
}

void AccessPage::showSection(int index) {
    m_sections->setCurrent(index);
    m_stack->setCurrentIndex(index);
    m_add->setText(index == kUsers ? tr("Add user") : index == kRules ? tr("Add rule") : tr("Add quota"));
    m_edit->setText(index == kUsers ? tr("New password") : tr("Change"));
    showState();
}

void AccessPage::showState() {
    const int section = m_stack->currentIndex();
    const auto chosen = table()->selectedSourceRows().size();
    const bool isOff = section == kRules && !m_areEnforced;
    const QString off = tr("Access rules are not asked by this broker.");
    m_add->setEnabled(!isOff);
    m_add->setToolTip(isOff ? off : QString());
    m_edit->setEnabled(!isOff && chosen == 1);
    m_edit->setToolTip(isOff ? off : chosen == 1 ? QString() : tr("Choose one row first."));
    m_remove->setEnabled(!isOff && chosen > 0);
    m_remove->setToolTip(isOff ? off : chosen > 0 ? QString() : tr("Choose a row first."));
    setFacts(tr("%1 · %2 · %3")
                 .arg(plural(m_users->rowCount(), tr("user"), tr("users")),
                      plural(m_rules->rowCount(), tr("rule"), tr("rules")),
                      plural(m_quotas->rowCount(), tr("quota"), tr("quotas"))));
    m_ruleTable->setEmptyText(m_areEnforced ? tr("No rule yet. Without one only super users may do anything, unless "
                                                 "allow.everyone.if.no.acl.found says otherwise.")
                                            : tr("Nothing is asked, so everybody who can connect may do everything."));
    if (isOff) {
        m_note->show(Mood::kInfo, tr("This broker asks no access rules. Start it with %1 to have them enforced.")
                                      .arg(QStringLiteral("--set ") + kAuthorizer));
        m_note->setAction(tr("Copy"), [this] {
            QGuiApplication::clipboard()->setText(QStringLiteral("--set ") + kAuthorizer);
            say(tr("Copied the setting."));
        });
    } else {
        m_note->setAction({}, {});
        m_note->clear();
    }
}

void AccessPage::failed(const ClusterError& error) {
    showProblem(QString::fromStdString(error.message));
}

void AccessPage::refresh() {
    clearProblem();
    backend().operations().users(this, [this](const ClusterResult<std::vector<UserInfo>>& answer) {
        if (!answer.ok()) {
            return failed(answer.error());
        }
        std::vector<UserRow> rows;
        for (const UserInfo& user : answer.value()) {
            rows.push_back({user});
        }
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
        m_users->setRows(std::move(rows));
        showState();
    });
    backend().operations().accessRules(this, [this](const ClusterResult<AccessRules>& answer) {
        if (!answer.ok()) {
            return failed(answer.error());
        }
        std::vector<RuleRow> rows;
        for (const AccessRule& rule : answer.value().rules) {
            rows.push_back({rule});
        }
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.rule < b.rule; });
        m_areEnforced = answer.value().areEnforced;
        m_rules->setRows(std::move(rows));
        showState();
    });
    backend().operations().quotas(this, [this](const ClusterResult<std::vector<QuotaInfo>>& answer) {
        if (!answer.ok()) {
            return failed(answer.error());
        }
        std::vector<QuotaRow> rows;
        for (const QuotaInfo& quota : answer.value()) {
            rows.push_back({quota});
        }
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
        m_quotas->setRows(std::move(rows));
        showState();
    });
}

void AccessPage::add() {
    const auto done = [this](const QString& sentence) {
        return [this, sentence] {
            say(sentence);
            refresh();
        };
    };
    if (m_stack->currentIndex() == kUsers) {
        auto* panel = new UserPanel(backend(), QString(), this);
        connect(panel, &UserPanel::finished, this,
                [done](const QString& name) { done(tr("%1 can log in.").arg(name))(); });
        openPanel(panel);
    } else if (m_stack->currentIndex() == kRules) {
        auto* panel = new RulePanel(backend(), std::nullopt, this);
        connect(panel, &RulePanel::finished, this, done(tr("The rule holds from now on.")));
        openPanel(panel);
    } else {
        auto* panel = new QuotaPanel(backend(), std::nullopt, this);
        connect(panel, &QuotaPanel::finished, this, done(tr("The quota holds from now on.")));
        openPanel(panel);
    }
}

void AccessPage::edit() {
    const int row = table()->currentSourceRow();
    const auto done = [this](const QString& sentence) {
        return [this, sentence] {
            say(sentence);
            refresh();
        };
    };
    if (m_stack->currentIndex() == kUsers) {
        if (const UserRow* user = m_users->rowAt(row)) {
            auto* panel = new UserPanel(backend(), QString::fromStdString(user->info.name), this);
            connect(panel, &UserPanel::finished, this,
                    [done](const QString& name) { done(tr("%1 has a new password.").arg(name))(); });
            openPanel(panel);
        }
    } else if (m_stack->currentIndex() == kRules) {
        if (const RuleRow* rule = m_rules->rowAt(row); rule != nullptr && m_areEnforced) {
            auto* panel = new RulePanel(backend(), rule->rule, this);
            connect(panel, &RulePanel::finished, this, done(tr("The rule is changed.")));
            openPanel(panel);
        }
    } else if (const QuotaRow* quota = m_quotas->rowAt(row)) {
        auto* panel = new QuotaPanel(backend(), quota->info, this);
        connect(panel, &QuotaPanel::finished, this, done(tr("The quota is changed.")));
        openPanel(panel);
    }
}

void AccessPage::remove() {
    const QList<int> rows = table()->selectedSourceRows();
    if (rows.isEmpty()) {
        return;
    }
    m_stack->currentIndex() == kUsers   ? removeUsers(rows)
    : m_stack->currentIndex() == kRules ? removeRules(rows)
                                        : removeQuotas(rows);
}

void AccessPage::removeUsers(const QList<int>& rows) {
    std::vector<UserInfo> users;
    QStringList names;
    for (const int row : rows) {
        users.push_back(m_users->rowAt(row)->info);
        names.append(QString::fromStdString(users.back().name));
    }
    const QString what = plural(rows.size(), tr("user"), tr("users"));
    auto* panel = new RemovePanel(
        tr("Delete %1").arg(what),
        tr("They cannot log in any more; connections that are open stay until they log in again. Their access rules "
           "and quotas stay. The passwords cannot be brought back."),
        names, tr("Delete %1").arg(what), this);
    connect(panel, &SidePanel::accepted, panel, [this, panel, users] {
        int logins = 0;
        for (const UserInfo& user : users) {
            logins += static_cast<int>(user.logins.size());
        }
        panel->setBusy(true);
        panel->expect(logins);
        for (const UserInfo& user : users) {
            for (const UserInfo::Login& login : user.logins) {
                backend().operations().removeLogin(
                    QString::fromStdString(user.name), login.mechanism, panel,
                    [panel](const ClusterResult<void>& answer) { panel->answered(answer); });
            }
        }
    });
    connect(panel, &RemovePanel::finished, this, &AccessPage::refresh);
    openPanel(panel);
}

void AccessPage::removeRules(const QList<int>& rows) {
    std::vector<AccessRule> rules;
    QStringList sentences;
    for (const int row : rows) {
        rules.push_back(m_rules->rowAt(row)->rule);
        sentences.append(sentenceOf(rules.back()));
    }
    const QString what = plural(rows.size(), tr("rule"), tr("rules"));
    auto* panel = new RemovePanel(tr("Delete %1").arg(what), tr("From now on it no longer holds that:"), sentences,
                                  tr("Delete %1").arg(what), this);
    connect(panel, &SidePanel::accepted, panel, [this, panel, rules] {
        panel->setBusy(true);
        panel->expect(static_cast<int>(rules.size()));
        for (const AccessRule& rule : rules) {
            backend().operations().removeRule(rule, panel,
                                              [panel](const ClusterResult<void>& answer) { panel->answered(answer); });
        }
    });
    connect(panel, &RemovePanel::finished, this, [this, rules] {
        offerUndo(tr("Deleted %1.").arg(plural(static_cast<qint64>(rules.size()), tr("rule"), tr("rules"))),
                  [this, rules] {
                      for (const AccessRule& rule : rules) {
                          backend().operations().addRule(rule, this, [this](const ClusterResult<void>& answer) {
                              answer.ok() ? refresh() : failed(answer.error());
                          });
                      }
                  });
        refresh();
    });
    openPanel(panel);
}

void AccessPage::removeQuotas(const QList<int>& rows) {
    std::vector<QuotaInfo> quotas;
    QStringList names;
    for (const int row : rows) {
        quotas.push_back(m_quotas->rowAt(row)->info);
        names.append(whoOf(quotas.back().target));
    }
    const QString what = plural(rows.size(), tr("quota"), tr("quotas"));
    auto* panel = new RemovePanel(tr("Delete %1").arg(what), tr("From now on nothing limits:"), names,
                                  tr("Delete %1").arg(what), this);
    const auto set = [this](const QuotaInfo& quota, bool isThere, QObject* context, const Callback<void>& done) {
        std::map<std::string, std::optional<double>> limits;
        for (const auto& [key, value] : quota.limits) {
            limits[key] = isThere ? std::optional(value) : std::nullopt;
        }
        backend().operations().setQuotas(quota.target, limits, context, done);
    };
    connect(panel, &SidePanel::accepted, panel, [panel, quotas, set] {
        panel->setBusy(true);
        panel->expect(static_cast<int>(quotas.size()));
        for (const QuotaInfo& quota : quotas) {
            set(quota, false, panel, [panel](const ClusterResult<void>& answer) { panel->answered(answer); });
        }
    });
    connect(panel, &RemovePanel::finished, this, [this, quotas, set] {
        offerUndo(tr("Deleted %1.").arg(plural(static_cast<qint64>(quotas.size()), tr("quota"), tr("quotas"))),
                  [this, quotas, set] {
                      for (const QuotaInfo& quota : quotas) {
                          set(quota, true, this, [this](const ClusterResult<void>& answer) {
                              answer.ok() ? refresh() : failed(answer.error());
                          });
                      }
                  });
        refresh();
    });
    openPanel(panel);
}

void AccessPage::focusSearch() {
    m_search->setFocus();
}

void AccessPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (const auto section = static_cast<int>(kSections.indexOf(target.section)); section >= 0) {
        showSection(section);
    }
}

QVariantMap AccessPage::saveState() const {
    return {{QStringLiteral("section"), kSections.value(m_stack->currentIndex())}};
}

void AccessPage::restoreState(const QVariantMap& state) {
    NavigationTarget target;
    target.section = state.value(QStringLiteral("section")).toString();
    open(target);
}

}  // namespace weir::ui
