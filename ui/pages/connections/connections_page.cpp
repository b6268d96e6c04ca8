// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/connections_page.h"

#include <QAction>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/pages/connections/connection_panel.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"

namespace weir::ui {

ConnectionsPage::ConnectionsPage(Backend& backend, QWidget* parent)
    : Page(backend, QStringLiteral("connections"), parent), m_connections(backend.connections()) {
    setTitle(tr("Connections"));
    auto* create = new QAction(tr("Connect to a cluster"), this);
    create->setIcon(Theme::of().icon(QStringLiteral("add"), Tint::kOnAccent));
    create->setEnabled(m_connections != nullptr);
    connect(create, &QAction::triggered, this, [this] { edit({}); });
    addHeaderAction(create, ButtonKind::kPrimary);
    addFileActions();
    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setAccessibleName(tr("Connections"));
    m_list = new QWidget(area);
    m_column = new QVBoxLayout(m_list);
    m_column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    m_column->setSpacing(Theme::kGroupGap);
    area->setWidget(m_list);
    setContent(area);
    auto* empty = new EmptyState(QStringLiteral("link"), tr("No other cluster is known yet."), this);
    empty->setDetail(
        tr("Apache Kafka, Redpanda or a cloud's Kafka opens in a window like this one. Give its address, or paste the "
           "properties of a client that works. Looking never joins a group and never commits. A folder of Kafka's log "
           "files opens too, read-only and without a broker: drop it on this window."));
    empty->addStep(create);
    setEmptyState(empty);
    if (m_connections != nullptr) {
        connect(m_connections, &Connections::changed, this, &ConnectionsPage::fill);
        connect(m_connections, &Connections::told, this,
                [this](const QString& sentence) { banner().show(Mood::kWarning, sentence); });
    }
    fill();
}

void ConnectionsPage::addFileActions() {
    const auto add = [this](const QString& text, const char* icon, void (ConnectionsPage::*run)()) {
        auto* const action = new QAction(Theme::of().icon(QString::fromLatin1(icon)), text, this);
        action->setEnabled(m_connections != nullptr);
        connect(action, &QAction::triggered, this, run);
        addMenuAction(action);
    };
    add(tr("Open a log folder…"), "folder", &ConnectionsPage::openFolder);
    add(tr("Import connections…"), "import", &ConnectionsPage::importFile);
    add(tr("Export connections, without passwords…"), "export", &ConnectionsPage::exportFile);
}

void ConnectionsPage::importFile() {
    auto* const dialog = new QFileDialog(this, tr("Import connections"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_connections->importFrom(path, this, [this](const ClusterResult<int>& count) {
            tell(count, tr("Imported %1. Passwords are asked for when they open."));
        });
    });
    dialog->open();
}

void ConnectionsPage::openFolder() {
    auto* const dialog = new QFileDialog(this, tr("A folder of Kafka's log files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_connections->openFolder(path, this, [this](const ClusterResult<void>& opened) {
            if (!opened) {
                showProblem(QString::fromStdString(opened.error().message));
            }
        });
    });
    dialog->open();
}

void ConnectionsPage::exportFile() {
    auto* const dialog = new QFileDialog(this, tr("Export connections, without passwords"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(QStringLiteral("weir-connections.json"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_connections->exportTo(path, this, [this](const ClusterResult<int>& count) {
            tell(count, tr("Exported %1, without passwords."));
        });
    });
    dialog->open();
}

void ConnectionsPage::tell(const ClusterResult<int>& count, const QString& sentence) {
    if (count) {
        say(sentence.arg(plural(*count, tr("connection"), tr("connections"))));
    } else {
        showProblem(QString::fromStdString(count.error().message));
    }
}

void ConnectionsPage::fill() {
    while (QLayoutItem* const item = m_column->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    const auto profiles = m_connections != nullptr ? m_connections->profiles() : std::vector<ConnectionProfile>();
    for (const ConnectionProfile& profile : profiles) {
        m_column->addWidget(makeCard(profile, m_list));
    }
    m_column->addStretch(1);
    setFacts(profiles.empty() ? QString()
                              : plural(static_cast<qint64>(profiles.size()), tr("connection"), tr("connections")));
    if (profiles.empty()) {
        showEmpty();
    } else {
        showContent();
    }
}

QWidget* ConnectionsPage::makeCard(const ConnectionProfile& profile, QWidget* parent) {
    auto* const card = new Card(profile.name, parent);
    // The same colour as on its window's edge.
    auto* const mark = new QLabel(card);
    QPixmap dot(Theme::of().px(12), Theme::of().px(12));
    dot.fill(Theme::of().seriesColor(profile.color));
    mark->setPixmap(dot);
    card->head()->insertWidget(0, mark);
    const auto add = [&](const QString& text, ButtonKind kind, auto run) {
        auto* const button = makeButton(text, kind, {}, card);
        button->setAccessibleName(text + QLatin1Char(' ') + profile.name);
        connect(button, &QPushButton::clicked, this, run);
        card->head()->addWidget(button);
    };
    add(tr("Forget"), ButtonKind::kQuiet, [this, profile] {
        m_connections->forget(profile.id);
        offerUndo(tr("Forgot %1.").arg(profile.name), [this, profile] { m_connections->save(profile, {}); });
    });
    add(tr("Edit"), ButtonKind::kOrdinary, [this, profile] { edit(profile); });
    add(tr("Open"), ButtonKind::kPrimary, [this, profile] { m_connections->open(profile.id); });
    QStringList facts{profile.bootstrap};
    facts << (profile.usesTls ? tr("TLS") : tr("not encrypted"))
          << (profile.mechanism.isEmpty() ? tr("no login") : tr("%1 as %2").arg(profile.mechanism, profile.user));
    if (profile.isReadOnly) {
        facts << tr("read-only");
    } else if (profile.isProduction) {
        facts << tr("production, locked until its name is typed");
    }
    auto* const line = new ElidedLabel(card);
    line->setLook(FontRole::kSecondary, Tint::kTextSecondary);
    line->setText(facts.join(QStringLiteral(" · ")));
    card->body()->addWidget(line);
    return card;
}

void ConnectionsPage::edit(const ConnectionProfile& profile) {
    openPanel(new ConnectionPanel(*m_connections, profile, this));
}

}  // namespace weir::ui
