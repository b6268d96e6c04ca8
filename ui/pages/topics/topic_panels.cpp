// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/topic_panels.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>

#include "broker/model/topic_name.h"
#include "ui/pages/topics/topic_name_check.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kMaxListed = 200;
constexpr int kMaxPartitions = 10'000;

/// "orders  824,113 records · 339.6 MB" a line.
void listTopics(SidePanel& panel, Backend& backend, const QStringList& topics) {
    const SnapshotPtr snapshot = backend.live().current();
    for (const QString& name : topics.first(std::min<qsizetype>(topics.size(), kMaxListed))) {
        auto* row = new QHBoxLayout;
        auto* label = new ElidedLabel(&panel, Qt::ElideMiddle);
        label->setLook(FontRole::kMono, Tint::kText);
        label->setText(name);
        row->addWidget(label, 1);
        if (const TopicSnapshot* topic = snapshot->findTopic(name.toStdString())) {
            const QString facts =
                SidePanel::tr("%1 records · %2")
                    .arg(formatCount(topic->recordCount(), topic->countIsExact), formatBytes(topic->sizeBytes()));
            row->addWidget(makeLabel(facts, FontRole::kSecondary, Tint::kTextSecondary, &panel));
        }
        panel.body()->addLayout(row);
    }
    if (topics.size() > kMaxListed) {
        panel.body()->addWidget(makeLabel(SidePanel::tr("and %1 more").arg(formatCount(topics.size() - kMaxListed)),
                                          FontRole::kSecondary, Tint::kTextSecondary, &panel));
    }
}

void say(SidePanel& panel, const QString& sentence, Tint tint = Tint::kTextSecondary) {
    auto* label = makeLabel(sentence, FontRole::kBody, tint, &panel);
    label->setWordWrap(true);
    panel.body()->addWidget(label);
    panel.body()->addSpacing(Theme::kGap);
}

QString nameOrCount(const QStringList& topics) {
    return topics.size() == 1 ? topics.front() : plural(topics.size(), SidePanel::tr("topic"), SidePanel::tr("topics"));
}

}  // namespace

DeleteTopicsPanel::DeleteTopicsPanel(Backend& backend, const QStringList& topics, QWidget* parent)
    : SidePanel(tr("Delete %1").arg(nameOrCount(topics)), parent), m_backend(backend), m_topics(topics) {
    say(*this,
        backend.facts().capabilities.has(Feature::kUndelete)
            ? tr("The topics and all their records go. You can undo this for a while. Groups keep their offsets.")
            : tr("The topics and all their records go, and cannot be brought back. Groups keep their offsets."));
    listTopics(*this, backend, topics);
    setPrimary(tr("Delete %1").arg(plural(topics.size(), tr("topic"), tr("topics"))), ButtonKind::kDanger);
    connect(this, &SidePanel::accepted, this, &DeleteTopicsPanel::run);
}

void DeleteTopicsPanel::run() {
    setBusy(true);
    clearError();
    forEachTopic(
        m_topics,
        [this](const QString& topic, Callback<void> done) { m_backend.topics().remove(topic, this, std::move(done)); },
        [this](const BatchOutcome& outcome) {
            if (!outcome.done.isEmpty()) {
                Q_EMIT finished(outcome.done);
            }
            if (outcome.failures.isEmpty()) {
                close();
            } else {
                showError(outcome.failures.join(QLatin1Char('\n')));
            }
        });
}

PurgeTopicsPanel::PurgeTopicsPanel(Backend& backend, const QStringList& topics, QWidget* parent)
    : SidePanel(tr("Purge %1").arg(nameOrCount(topics)), parent), m_backend(backend) {
    QStringList stay;
    const SnapshotPtr snapshot = backend.live().current();
    for (const QString& name : topics) {
        const TopicSnapshot* topic = snapshot->findTopic(name.toStdString());
        const bool onlyCompacted = topic != nullptr && topic->cleanupPolicy.find("delete") == std::string::npos;
        (onlyCompacted ? stay : m_topics).append(name);
    }
    say(*this, tr("Every record is deleted; the topics, their settings and their offsets stay. "
                  "This cannot be undone."));
    listTopics(*this, backend, m_topics);
    if (!stay.isEmpty()) {
        body()->addSpacing(Theme::kGap);
        say(*this,
            tr("Stays as it is, because only topics with the delete policy can be purged: %1")
                .arg(stay.join(QStringLiteral(", "))),
            Tint::kWarnText);
    }
    m_word = m_topics.size() == 1 ? m_topics.front() : tr("purge");
    m_confirm = new QLineEdit(this);
    m_confirm->setFont(Theme::of().font(FontRole::kMono));
    if (m_topics.isEmpty()) {
        m_confirm->hide();
    } else {
        addField(tr("Type \"%1\" to confirm").arg(m_word), m_confirm);
    }
    setPrimary(
        m_topics.isEmpty() ? tr("Purge") : tr("Purge %1").arg(plural(m_topics.size(), tr("topic"), tr("topics"))),
        ButtonKind::kDanger);
    const auto check = [this] {
        setPrimaryEnabled(
            !m_topics.isEmpty() && m_confirm->text() == m_word,
            m_topics.isEmpty() ? tr("None of these topics can be purged.") : tr("Type \"%1\" first.").arg(m_word));
    };
    check();
    connect(m_confirm, &QLineEdit::textChanged, this, check);
    connect(this, &SidePanel::accepted, this, &PurgeTopicsPanel::run);
}

void PurgeTopicsPanel::run() {
    if (m_confirm->text() != m_word || m_topics.isEmpty()) {
        return;
    }
    setBusy(true);
    clearError();
    forEachTopic(
        m_topics,
        [this](const QString& topic, Callback<void> done) {
            m_backend.topics().purge(topic, std::nullopt, kNoOffset, this, std::move(done));
        },
        [this](const BatchOutcome& outcome) {
            if (!outcome.done.isEmpty()) {
                Q_EMIT finished(outcome.done);
            }
            if (outcome.failures.isEmpty()) {
                close();
            } else {
                showError(outcome.failures.join(QLatin1Char('\n')));
            }
        });
}

CloneTopicPanel::CloneTopicPanel(Backend& backend, const QString& topic, QWidget* parent)
    : SidePanel(tr("Clone %1").arg(topic), parent), m_backend(backend), m_topic(topic) {
    m_name = new QLineEdit(topic + QStringLiteral("-copy"), this);
    m_name->setFont(Theme::of().font(FontRole::kMono));
    addField(tr("Name of the copy"), m_name);
    addSection(tr("What to copy"));
    m_config = new QCheckBox(tr("Settings"), this);
    m_config->setChecked(true);
    m_records = new QCheckBox(tr("Records"), this);
    m_records->setChecked(true);
    m_records->setToolTip(tr("A replay copies them in the background; keys, headers, timestamps and partitions stay."));
    body()->addWidget(m_config);
    body()->addWidget(m_records);
    setPrimary(tr("Clone topic"));
    connect(m_name, &QLineEdit::textChanged, this, &CloneTopicPanel::check);
    connect(this, &SidePanel::accepted, this, &CloneTopicPanel::run);
    check();
}

void CloneTopicPanel::check() {
    const QString why = whyNotANewTopic(m_name->text(), *m_backend.live().current());
    setPrimaryEnabled(why.isEmpty(), why);
    if (why.isEmpty()) {
        clearError();
    } else {
        showError(why);
    }
}

void CloneTopicPanel::run() {
    if (!whyNotANewTopic(m_name->text(), *m_backend.live().current()).isEmpty()) {
        return;
    }
    setBusy(true);
    clearError();
    if (!m_config->isChecked()) {
        create({});
        return;
    }
    m_backend.topics().describeConfig(m_topic, this, [this](const ClusterResult<std::vector<ConfigEntry>>& answer) {
        if (answer.ok()) {
            create(answer.value());
        } else {
            showError(QString::fromStdString(answer.error().message));
        }
    });
}

void CloneTopicPanel::create(const std::vector<ConfigEntry>& configs) {
    NewTopic topic;
    topic.name = m_name->text().toStdString();
    if (const TopicSnapshot* original = m_backend.live().current()->findTopic(m_topic.toStdString())) {
        topic.partitions = static_cast<std::int32_t>(original->partitions.size());
    }
    for (const ConfigEntry& entry : configs) {
        if (entry.source == ConfigEntry::Source::kTopic && entry.value) {
            topic.configs.push_back({entry.name, entry.value});
        }
    }
    m_backend.topics().create(topic, this, [this, name = m_name->text()](const ClusterResult<void>& answer) {
        if (!answer.ok()) {
            showError(QString::fromStdString(answer.error().message));
            return;
        }
        if (m_records->isChecked()) {
            ReplaySpec spec;
            spec.fromTopic = m_topic;
            spec.toTopic = name;
            m_backend.replayer().start(spec);
        }
        Q_EMIT finished(name, m_records->isChecked());
        close();
    });
}

AddPartitionsPanel::AddPartitionsPanel(Backend& backend, const QString& topic, int now, QWidget* parent)
    : SidePanel(tr("Add partitions to %1").arg(topic), parent), m_backend(backend), m_topic(topic) {
    m_total = new QSpinBox(this);
    m_total->setRange(now + 1, kMaxPartitions);
    m_total->setValue(now + 1);
    addField(tr("Partitions afterwards"), m_total,
             tr("It has %1 now. Partitions cannot be taken away again.")
                 .arg(plural(now, tr("partition"), tr("partitions"))));
    addSection(tr("What this does to order"));
    say(*this,
        tr("A record's key picks its partition by a hash modulo the number of partitions. With another number most "
           "keys "
           "move: new records of a key go to another partition than its old ones, and order per key no longer holds "
           "across the change. Old records stay where they are."),
        Tint::kWarnText);
    const auto word = [this, now] {
        setPrimary(tr("Add %1").arg(plural(m_total->value() - now, tr("partition"), tr("partitions"))));
    };
    word();
    connect(m_total, &QSpinBox::valueChanged, this, word);
    connect(this, &SidePanel::accepted, this, &AddPartitionsPanel::run);
}

void AddPartitionsPanel::run() {
    setBusy(true);
    clearError();
    const int total = m_total->value();
    m_backend.topics().addPartitions(m_topic, total, this, [this, total](const ClusterResult<void>& answer) {
        if (answer.ok()) {
            Q_EMIT finished(total);
            close();
        } else {
            showError(QString::fromStdString(answer.error().message));
        }
    });
}

ExportTopicsPanel::ExportTopicsPanel(Backend& backend, const QStringList& topics, QWidget* parent)
    : SidePanel(tr("Export %1").arg(nameOrCount(topics)), parent), m_backend(backend), m_topics(topics) {
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kGap);
    m_path = new QLineEdit(line);
    m_path->setFont(Theme::of().font(FontRole::kMono));
    m_path->setAccessibleName(topics.size() == 1 ? tr("File") : tr("Folder"));
    row->addWidget(m_path, 1);
    auto* button = makeButton(tr("Browse"), ButtonKind::kOrdinary, QStringLiteral("folder"), line);
    row->addWidget(button);
    line->setFocusProxy(m_path);
    addField(topics.size() == 1 ? tr("File") : tr("Folder"), line,
             topics.size() == 1
                 ? tr("The ending decides: .ndjson keeps keys, headers and timestamps and can be published "
                      "again; .csv is for spreadsheets.")
                 : tr("One .ndjson file a topic."));
    body()->addSpacing(12);
    listTopics(*this, backend, topics);
    setPrimary(tr("Export %1").arg(plural(topics.size(), tr("topic"), tr("topics"))));
    const auto check = [this] { setPrimaryEnabled(!m_path->text().trimmed().isEmpty(), tr("Choose where to first.")); };
    check();
    connect(m_path, &QLineEdit::textChanged, this, check);
    connect(button, &QPushButton::clicked, this, &ExportTopicsPanel::browse);
    connect(this, &SidePanel::accepted, this, &ExportTopicsPanel::run);
}

void ExportTopicsPanel::browse() {
    auto* dialog = new QFileDialog(this, windowTitle());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    if (m_topics.size() == 1) {
        dialog->setNameFilters({tr("Newline-delimited JSON (*.ndjson)"), tr("Comma-separated values (*.csv)")});
        dialog->setDefaultSuffix(QStringLiteral("ndjson"));
        dialog->selectFile(m_topics.front() + QStringLiteral(".ndjson"));
    } else {
        dialog->setAcceptMode(QFileDialog::AcceptOpen);
        dialog->setFileMode(QFileDialog::Directory);
    }
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

void ExportTopicsPanel::run() {
    const QString where = m_path->text().trimmed();
    if (where.isEmpty()) {
        return;
    }
    setBusy(true);
    clearError();
    auto records = std::make_shared<qint64>(0);
    forEachTopic(
        m_topics,
        [this, where, records](const QString& topic, Callback<void> done) {
            RecordQuery query;
            query.topic = topic;
            query.start.kind = StartKind::kBeginning;
            const QString path =
                m_topics.size() == 1 ? where : where + QLatin1Char('/') + topic + QStringLiteral(".ndjson");
            m_backend.records().exportTo(query, path, ExportForm::kStored, this,
                                         [done = std::move(done), records](const ClusterResult<qint64>& answer) {
                                             if (answer.ok()) {
                                                 *records += answer.value();
                                                 done({});
                                             } else {
                                                 done(fail(answer.error()));
                                             }
                                         });
        },
        [this, where, records](const BatchOutcome& outcome) {
            if (!outcome.failures.isEmpty()) {
                showError(outcome.failures.join(QLatin1Char('\n')));
                return;
            }
            Q_EMIT finished(tr("Wrote %1 to %2.").arg(plural(*records, tr("record"), tr("records")), where));
            close();
        });
}

}  // namespace weir::ui
