// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/access/access_panels.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/pages/access/access_words.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kMinIterations = 4096;
constexpr int kMaxIterations = 16384;
constexpr double kLargestLimit = 1e12;

QLabel* addSentence(SidePanel& panel, const QString& sentence, Tint tint) {
    auto* label = makeLabel(sentence, FontRole::kBody, tint, &panel);
    label->setWordWrap(true);
    panel.body()->addWidget(label);
    panel.body()->addSpacing(Theme::kGap);
    return label;
}

QLineEdit* makeField(const QString& hint, QWidget* parent) {
    auto* field = new QLineEdit(parent);
    field->setFont(Theme::of().font(FontRole::kMono));
    field->setPlaceholderText(hint);
    return field;
}

/// A labelled field that can be hidden as a whole.
QWidget* boxed(const QString& label, QWidget* control, const QString& hint, SidePanel& panel) {
    auto* box = new QWidget(&panel);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, Theme::kGap);
    column->setSpacing(Theme::kSmallGap);
    auto* title = makeLabel(label, FontRole::kBodyMedium, Tint::kText, box);
    title->setBuddy(control);
    control->setAccessibleName(label);
    column->addWidget(title);
    column->addWidget(control);
    if (!hint.isEmpty()) {
        auto* words = makeLabel(hint, FontRole::kSecondary, Tint::kTextSecondary, box);
        words->setWordWrap(true);
        column->addWidget(words);
    }
    panel.body()->addWidget(box);
    return box;
}

}  // namespace

UserPanel::UserPanel(Backend& backend, const QString& user, QWidget* parent)
    : SidePanel(user.isEmpty() ? tr("Add user") : tr("New password for %1").arg(user), parent), m_backend(backend) {
    m_name = makeField(tr("alice"), this);
    m_name->setText(user);
    m_name->setReadOnly(!user.isEmpty());
    addField(tr("Name"), m_name);
    m_password = new QLineEdit(this);
    m_password->setEchoMode(QLineEdit::Password);
    addField(tr("Password"), m_password, tr("Only what is needed to check it is kept; nobody can read it back."));
    m_mechanism =
        new SegmentedControl({wordOf(LoginMechanism::kScramSha256), wordOf(LoginMechanism::kScramSha512)}, this);
    m_mechanism->setAccessibleName(tr("Mechanism"));
    addField(tr("Mechanism"), m_mechanism, tr("What the client sets as sasl.mechanism."));
    m_iterations = new QSpinBox(this);
    m_iterations->setRange(kMinIterations, kMaxIterations);
    m_iterations->setGroupSeparatorShown(true);
    addField(tr("Iterations"), m_iterations, tr("More make guessing slower, and logging in too."));
    setPrimary(user.isEmpty() ? tr("Add user") : tr("Set password"));
    connect(m_name, &QLineEdit::textChanged, this, &UserPanel::check);
    connect(m_password, &QLineEdit::textChanged, this, &UserPanel::check);
    connect(this, &SidePanel::accepted, this, &UserPanel::run);
    check();
}

void UserPanel::check() {
    setPrimaryEnabled(!m_name->text().trimmed().isEmpty() && !m_password->text().isEmpty(),
                      m_name->text().trimmed().isEmpty() ? tr("A user needs a name.") : tr("A user needs a password."));
}

void UserPanel::run() {
    const QString name = m_name->text().trimmed();
    if (name.isEmpty() || m_password->text().isEmpty()) {
        return;
    }
    setBusy(true);
    clearError();
    const NewLogin login{name.toStdString(),
                         m_mechanism->current() == 0 ? LoginMechanism::kScramSha256 : LoginMechanism::kScramSha512,
                         m_iterations->value(), m_password->text().toStdString()};
    m_backend.operations().putLogin(login, this, [this, name](const ClusterResult<void>& answer) {
        setBusy(false);
        if (!answer.ok()) {
            showError(QString::fromStdString(answer.error().message));
            return;
        }
        Q_EMIT finished(name);
        close();
    });
}

RulePanel::RulePanel(Backend& backend, const std::optional<AccessRule>& replaced, QWidget* parent)
    : SidePanel(replaced ? tr("Change access rule") : tr("Add access rule"), parent),
      m_backend(backend),
      m_replaced(replaced) {
    m_who = makeField(tr("alice, or * for everybody"), this);
    addField(tr("Who"), m_who, tr("The name a client logs in with; with a certificate, what its mapping gives."));
    m_permission = new SegmentedControl({tr("May"), tr("Must not")}, this);
    m_permission->setAccessibleName(tr("Permission"));
    addField(tr("Permission"), m_permission, tr("A rule that denies wins over all that allow."));
    m_resource = new QComboBox(this);
    for (const auto resource :
         {AccessResource::kTopic, AccessResource::kGroup, AccessResource::kCluster, AccessResource::kTransactionalId,
          AccessResource::kDelegationToken, AccessResource::kUser}) {
        m_resource->addItem(wordOf(resource), static_cast<int>(resource));
    }
    addField(tr("With what"), m_resource);
    m_operation = new QComboBox(this);
    addField(tr("Do what"), m_operation);
    m_pattern = new SegmentedControl({tr("This one"), tr("All that begin with"), tr("All")}, this);
    m_pattern->setAccessibleName(tr("Which ones"));
    addField(tr("Which ones"), m_pattern);
    m_name = makeField(tr("orders"), this);
    addField(tr("Resource name"), m_name);
    m_host = makeField(tr("anywhere"), this);
    addField(tr("From address"), m_host);
    body()->addSpacing(Theme::kGap);
    m_sentence = addSentence(*this, QString(), Tint::kText);
    m_sentence->setAccessibleName(tr("What the rule means"));
    setPrimary(replaced ? tr("Change rule") : tr("Add rule"));
    showOperations();
    if (replaced) {
        fill(*replaced);
    }
    for (QLineEdit* field : {m_who, m_name, m_host}) {
        connect(field, &QLineEdit::textChanged, this, &RulePanel::check);
    }
    connect(m_permission, &SegmentedControl::chosen, this, &RulePanel::check);
    connect(m_pattern, &SegmentedControl::chosen, this, &RulePanel::check);
    connect(m_operation, &QComboBox::currentIndexChanged, this, &RulePanel::check);
    connect(m_resource, &QComboBox::currentIndexChanged, this, [this] {
        showOperations();
        check();
    });
    connect(this, &SidePanel::accepted, this, &RulePanel::run);
    check();
}

void RulePanel::fill(const AccessRule& rule) {
    m_who->setText(rule.principal == "User:*" ? QStringLiteral("*") : whoOf(rule));
    m_permission->setCurrent(rule.permission == AccessPermission::kAllow ? 0 : 1);
    m_resource->setCurrentIndex(m_resource->findData(static_cast<int>(rule.resource)));
    showOperations();
    m_operation->setCurrentIndex(m_operation->findData(static_cast<int>(rule.operation)));
    m_pattern->setCurrent(rule.pattern == AccessPattern::kPrefixed ? 1 : rule.name == "*" ? 2 : 0);
    m_name->setText(rule.name == "*" ? QString() : QString::fromStdString(rule.name));
    m_host->setText(rule.host == "*" ? QString() : QString::fromStdString(rule.host));
}

void RulePanel::showOperations() {
    const QSignalBlocker quiet(m_operation);
    const QVariant before = m_operation->currentData();
    m_operation->clear();
    for (const AccessOperation each : operationsOf(static_cast<AccessResource>(m_resource->currentData().toInt()))) {
        m_operation->addItem(wordOf(each), static_cast<int>(each));
    }
    m_operation->setCurrentIndex(std::max(0, m_operation->findData(before)));
}

AccessRule RulePanel::rule() const {
    AccessRule made;
    made.resource = static_cast<AccessResource>(m_resource->currentData().toInt());
    made.operation = static_cast<AccessOperation>(m_operation->currentData().toInt());
    made.permission = m_permission->current() == 0 ? AccessPermission::kAllow : AccessPermission::kDeny;
    const QString who = m_who->text().trimmed();
    made.principal = (who.contains(QLatin1Char(':')) ? who : QStringLiteral("User:") + who).toStdString();
    made.pattern = m_pattern->current() == 1 ? AccessPattern::kPrefixed : AccessPattern::kLiteral;
    made.name = m_pattern->current() == 2 ? "*" : m_name->text().trimmed().toStdString();
    if (made.resource == AccessResource::kCluster) {
        made.pattern = AccessPattern::kLiteral;
        made.name = "kafka-cluster";
    }
    const QString host = m_host->text().trimmed();
    made.host = host.isEmpty() ? "*" : host.toStdString();
    return made;
}

void RulePanel::check() {
    const AccessRule made = rule();
    const bool isCluster = made.resource == AccessResource::kCluster;
    m_pattern->setEnabled(!isCluster);
    m_name->setEnabled(!isCluster && m_pattern->current() != 2);
    const QString why = m_who->text().trimmed().isEmpty() ? tr("Say who the rule is for.")
                        : made.name.empty() ? tr("Say which %1 it is.").arg(wordOf(made.resource).toLower())
                                            : QString();
    m_sentence->setText(why.isEmpty() ? sentenceOf(made) : why);
    setPrimaryEnabled(why.isEmpty(), why);
}

void RulePanel::run() {
    const AccessRule made = rule();
    if (m_who->text().trimmed().isEmpty() || made.name.empty()) {
        return;
    }
    setBusy(true);
    clearError();
    m_backend.operations().addRule(made, this, [this, made](const ClusterResult<void>& answer) {
        // The new rule stands before the old one goes: nobody is shut out in between.
        if (answer.ok() && m_replaced && *m_replaced != made) {
            m_backend.operations().removeRule(*m_replaced, this,
                                              [this](const ClusterResult<void>& removed) { answered(removed); });
        } else {
            answered(answer);
        }
    });
}

void RulePanel::answered(const ClusterResult<void>& answer) {
    setBusy(false);
    if (answer.ok()) {
        Q_EMIT finished();
        close();
    } else {
        showError(QString::fromStdString(answer.error().message));
    }
}

QuotaPanel::QuotaPanel(Backend& backend, const std::optional<QuotaInfo>& known, QWidget* parent)
    : SidePanel(known ? tr("Change quota") : tr("Add quota"), parent), m_backend(backend), m_known(known) {
    m_kind = new SegmentedControl({tr("User"), tr("Client id"), tr("Both"), tr("Address")}, this);
    m_kind->setAccessibleName(tr("For whom"));
    addField(tr("For whom"), m_kind, tr("The most exact quota counts; users before client ids."));
    m_user = makeField(tr("each other user"), this);
    m_client = makeField(tr("each other client id"), this);
    m_ip = makeField(tr("each other address"), this);
    m_userField = boxed(tr("User"), m_user, {}, *this);
    m_clientField = boxed(tr("Client id"), m_client, {}, *this);
    m_ipField = boxed(tr("Address"), m_ip, {}, *this);
    addSection(tr("Limits"));
    for (const QuotaKey& key : quotaKeys()) {
        auto* value = new QDoubleSpinBox(this);
        value->setRange(0, kLargestLimit);
        value->setDecimals(std::string_view(key.key).ends_with("byte_rate") || key.isForIp ? 0 : 2);
        value->setSpecialValueText(tr("no limit"));
        value->setGroupSeparatorShown(true);
        m_limits.push_back({key.key, key.isForIp, boxed(key.title, value, key.hint, *this), value});
        connect(value, &QDoubleSpinBox::valueChanged, this, &QuotaPanel::check);
    }
    if (known) {
        const QuotaTarget& to = known->target;
        m_kind->setCurrent(to.ip ? 3 : to.user && to.clientId ? 2 : to.clientId ? 1 : 0);
        m_user->setText(QString::fromStdString(to.user.value_or(std::string())));
        m_client->setText(QString::fromStdString(to.clientId.value_or(std::string())));
        m_ip->setText(QString::fromStdString(to.ip.value_or(std::string())));
        for (QWidget* each : {static_cast<QWidget*>(m_kind), m_userField, m_clientField, m_ipField}) {
            each->setEnabled(false);
        }
        for (const Limit& limit : m_limits) {
            const auto set = known->limits.find(limit.key);
            limit.value->setValue(set == known->limits.end() ? 0 : set->second);
        }
    }
    setPrimary(known ? tr("Change quota") : tr("Add quota"));
    connect(m_kind, &SegmentedControl::chosen, this, &QuotaPanel::showKeys);
    connect(this, &SidePanel::accepted, this, &QuotaPanel::run);
    showKeys();
}

void QuotaPanel::showKeys() {
    const int kind = m_kind->current();
    m_userField->setVisible(kind == 0 || kind == 2);
    m_clientField->setVisible(kind == 1 || kind == 2);
    m_ipField->setVisible(kind == 3);
    for (const Limit& limit : m_limits) {
        limit.field->setVisible(limit.isForIp == (kind == 3));
    }
    check();
}

QuotaTarget QuotaPanel::target() const {
    const int kind = m_kind->current();
    QuotaTarget made;
    const auto name = [](const QLineEdit* field) { return field->text().trimmed().toStdString(); };
    if (kind == 0 || kind == 2) {
        made.user = name(m_user);
    }
    if (kind == 1 || kind == 2) {
        made.clientId = name(m_client);
    }
    if (kind == 3) {
        made.ip = name(m_ip);
    }
    return made;
}

std::map<std::string, std::optional<double>> QuotaPanel::limits() const {
    std::map<std::string, std::optional<double>> made;
    for (const Limit& limit : m_limits) {
        if (limit.isForIp != (m_kind->current() == 3)) {
            continue;
        }
        if (limit.value->value() > 0) {
            made[limit.key] = limit.value->value();
        } else if (m_known && m_known->limits.contains(limit.key)) {
            made[limit.key] = std::nullopt;
        }
    }
    return made;
}

void QuotaPanel::check() {
    setPrimaryEnabled(!limits().empty(), tr("Set a limit first."));
}

void QuotaPanel::run() {
    const auto made = limits();
    if (made.empty()) {
        return;
    }
    setBusy(true);
    clearError();
    m_backend.operations().setQuotas(target(), made, this, [this](const ClusterResult<void>& answer) {
        setBusy(false);
        if (answer.ok()) {
            Q_EMIT finished();
            close();
        } else {
            showError(QString::fromStdString(answer.error().message));
        }
    });
}

RemovePanel::RemovePanel(const QString& title, const QString& consequence, const QStringList& what, const QString& verb,
                         QWidget* parent)
    : SidePanel(title, parent) {
    addSentence(*this, consequence, Tint::kText);
    for (const QString& each : what) {
        auto* line = makeLabel(each, FontRole::kBody, Tint::kText, this);
        line->setWordWrap(true);
        body()->addWidget(line);
    }
    setPrimary(verb, ButtonKind::kDanger);
}

void RemovePanel::answered(const ClusterResult<void>& answer) {
    if (!answer.ok()) {
        m_failures.append(QString::fromStdString(answer.error().message));
    }
    if (--m_open > 0) {
        return;
    }
    setBusy(false);
    if (m_failures.isEmpty()) {
        Q_EMIT finished();
        close();
    } else {
        showError(m_failures.join(QLatin1Char('\n')));
        m_failures.clear();
        Q_EMIT finished();
    }
}

}  // namespace weir::ui
