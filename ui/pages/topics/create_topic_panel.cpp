// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/create_topic_panel.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>
#include <array>

#include "ui/pages/topics/topic_name_check.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"

namespace weir::ui {
namespace {

constexpr int kMaxPartitions = 10'000;
constexpr std::array<const char*, 4> kPolicies = {nullptr, "delete", "compact", "compact,delete"};
constexpr std::array<const char*, 6> kRetentions = {nullptr, "3600000", "86400000", "604800000", "2592000000", "-1"};

}  // namespace

CreateTopicPanel::CreateTopicPanel(Backend& backend, QWidget* parent)
    : SidePanel(tr("Create topic"), parent), m_backend(backend) {
    m_name = new QLineEdit(this);
    m_name->setFont(Theme::of().font(FontRole::kMono));
    m_name->setPlaceholderText(tr("orders.placed"));
    addField(tr("Name"), m_name);
    m_why = makeLabel(QString(), FontRole::kSecondary, Tint::kBadText, this);
    m_why->setWordWrap(true);
    m_why->hide();
    body()->addWidget(m_why);
    m_partitions = new QSpinBox(this);
    m_partitions->setRange(0, kMaxPartitions);
    m_partitions->setSpecialValueText(tr("As the broker says (num.partitions)"));
    m_partitions->setValue(3);
    addField(tr("Partitions"), m_partitions,
             tr("How many consumers of one group can share the work. Order holds within a partition."));
    buildQuickChoices();
    buildAdvanced();
    setPrimary(tr("Create topic"));
    connect(m_name, &QLineEdit::textEdited, this, [this] {
        m_typed = true;
        check();
    });
    connect(this, &SidePanel::accepted, this, &CreateTopicPanel::create);
    check();
}

void CreateTopicPanel::buildQuickChoices() {
    m_cleanup = new SegmentedControl({tr("Default"), tr("Delete"), tr("Compact"), tr("Both")}, this);
    m_cleanup->setChoiceTooltip(0, tr("What the broker's cleanup.policy says"));
    m_cleanup->setChoiceTooltip(1, tr("Old records go after the retention"));
    m_cleanup->setChoiceTooltip(2, tr("The newest record of each key stays, older ones go"));
    m_cleanup->setChoiceTooltip(3, tr("Compacted, and gone after the retention"));
    addField(tr("Old records"), m_cleanup);
    m_retention =
        new SegmentedControl({tr("Default"), tr("1 h"), tr("1 d"), tr("7 d"), tr("30 d"), tr("Forever")}, this);
    addField(tr("Keep for"), m_retention);
    connect(m_cleanup, &SegmentedControl::chosen, this, [this](int choice) {
        const bool ages = choice != 2;
        m_retention->setEnabled(ages);
        m_retention->setToolTip(ages ? QString() : tr("Compacted topics keep the newest record of each key forever."));
    });
}

void CreateTopicPanel::buildAdvanced() {
    body()->addSpacing(16);
    m_showAll = new QCheckBox(tr("Show every setting"), this);
    body()->addWidget(m_showAll);
    m_all = new ConfigEditor(m_backend.settings(), QStringLiteral("topics/create"), ConfigEditor::Bar::kWithout, this);
    m_all->setMinimumHeight(Theme::of().px(420));
    m_all->hide();
    body()->addWidget(m_all);
    connect(m_showAll, &QCheckBox::toggled, this, [this](bool shown) {
        m_all->setVisible(shown);
        setWide(shown);
        openOver(parentWidget());
        if (!shown || m_asked) {
            return;
        }
        m_asked = true;
        m_backend.topics().describeConfig(QString(), this,
                                          [this](const ClusterResult<std::vector<ConfigEntry>>& answer) {
                                              if (answer.ok()) {
                                                  m_all->setEntries(answer.value());
                                              } else {
                                                  m_asked = false;
                                                  showError(QString::fromStdString(answer.error().message));
                                              }
                                          });
    });
}

void CreateTopicPanel::check() {
    const QString why = whyNotANewTopic(m_name->text(), *m_backend.live().current());
    m_why->setText(why);
    m_why->setVisible(m_typed && !why.isEmpty());
    setPrimaryEnabled(why.isEmpty(), why);
}

std::vector<ConfigChange> CreateTopicPanel::configs() const {
    std::vector<ConfigChange> changes = m_all->changes();
    const auto add = [&changes](const char* name, const char* value) {
        // What was set by hand in the long list wins over the quick choice above it.
        for (const ConfigChange& change : changes) {
            if (change.name == name) {
                return;
            }
        }
        changes.push_back({name, std::string(value)});
    };
    if (const char* policy = kPolicies[static_cast<std::size_t>(m_cleanup->current())]) {
        add("cleanup.policy", policy);
    }
    if (const char* retention = kRetentions[static_cast<std::size_t>(m_retention->current())];
        retention != nullptr && m_retention->isEnabled()) {
        add("retention.ms", retention);
    }
    return changes;
}

void CreateTopicPanel::create() {
    m_typed = true;
    check();
    if (!whyNotANewTopic(m_name->text(), *m_backend.live().current()).isEmpty()) {
        return;
    }
    NewTopic topic;
    topic.name = m_name->text().toStdString();
    topic.partitions = m_partitions->value() == 0 ? -1 : m_partitions->value();
    topic.configs = configs();
    setBusy(true);
    clearError();
    m_backend.topics().create(topic, this, [this, name = m_name->text()](const ClusterResult<void>& answer) {
        if (answer.ok()) {
            Q_EMIT created(name);
            close();
        } else {
            showError(QString::fromStdString(answer.error().message));
        }
    });
}

}  // namespace weir::ui
