// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/connections/connection_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"

namespace weir::ui {

namespace {

constexpr int kColors = 10;
const QString kToken = QStringLiteral("OAUTHBEARER");

/// A part of the panel that comes and goes as a whole.
QWidget* makeBox(QWidget* parent) {
    auto* const box = new QWidget(parent);
    auto* const column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    return box;
}

QVBoxLayout* columnOf(QWidget* box) {
    return static_cast<QVBoxLayout*>(box->layout());
}

QLabel* addTo(QVBoxLayout* to, const QString& label, QWidget* control, const QString& hint, QWidget* row = nullptr) {
    QWidget* const owner = to->parentWidget();
    to->addSpacing(Theme::kGap);
    auto* const name = makeLabel(label, FontRole::kBodyMedium, Tint::kText, owner);
    name->setBuddy(control);
    to->addWidget(name);
    to->addWidget(row != nullptr ? row : control);
    control->setAccessibleName(label);
    control->setAccessibleDescription(hint);
    auto* const below = makeLabel(hint, FontRole::kSecondary, Tint::kTextSecondary, owner);
    below->setWordWrap(true);
    below->setVisible(!hint.isEmpty());
    to->addWidget(below);
    return below;
}

/// A field whose meaning depends on others is called what it means now.
void call(QWidget* control, const QString& label) {
    control->setAccessibleName(label);
    for (QLabel* const each : control->parentWidget()->findChildren<QLabel*>()) {
        if (each->buddy() == control) {
            each->setText(label);
        }
    }
}

QLabel* makeHint(const QString& hint, QWidget* parent) {
    auto* const label = makeLabel(hint, FontRole::kSecondary, Tint::kTextSecondary, parent);
    label->setWordWrap(true);
    return label;
}

}  // namespace

ConnectionPanel::ConnectionPanel(Connections& connections, const ConnectionProfile& profile, QWidget* parent)
    : SidePanel(profile.id.isEmpty() ? tr("Connect to a cluster") : profile.name, parent),
      m_connections(connections),
      m_id(profile.id) {
    buildAddress();
    buildTls();
    buildLogin();
    buildMarks();
    buildTest();
    setPrimary(profile.id.isEmpty() ? tr("Save and open") : tr("Open"));
    connect(this, &SidePanel::accepted, this, [this] {
        if (const QString id = keep(); !id.isEmpty()) {
            close();
            m_connections.open(id);
        }
    });
    if (!m_id.isEmpty()) {
        m_before = profile;
    }
    fillIn(profile, {});
}

void ConnectionPanel::buildAddress() {
    m_address = new QLineEdit(this);
    m_address->setFont(Theme::of().font(FontRole::kMono));
    m_address->setPlaceholderText(QStringLiteral("kafka-1.example.com:9092"));
    addField(tr("Address"), m_address, tr("One broker is enough; several with commas."));
    m_paste = new QPlainTextEdit(this);
    m_paste->setFont(Theme::of().font(FontRole::kMono));
    m_paste->setFixedHeight(Theme::of().px(64));
    m_paste->setTabChangesFocus(true);
    m_paste->setPlaceholderText(QStringLiteral("bootstrap.servers=…\nsasl.jaas.config=…"));
    addField(tr("Or paste the properties of a client that works"), m_paste,
             tr("Java, librdkafka or Spring. Fills in what is below; the text itself is kept nowhere."));
    connect(m_paste, &QPlainTextEdit::textChanged, this, [this] { take(m_paste->toPlainText()); });
    m_name = new QLineEdit(this);
    addField(tr("Name"), m_name);
    connect(m_address, &QLineEdit::textChanged, this, &ConnectionPanel::check);
}

QLineEdit* ConnectionPanel::addSecret(QVBoxLayout* to, const QString& label, const QString& hint) {
    auto* const edit = new QLineEdit(this);
    edit->setEchoMode(QLineEdit::Password);
    addTo(to, label, edit, hint);
    return edit;
}

QLineEdit* ConnectionPanel::addFile(QVBoxLayout* to, const QString& label, const QString& hint) {
    auto* const row = new QWidget(this);
    auto* const line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(Theme::kSmallGap);
    auto* const edit = new QLineEdit(row);
    line->addWidget(edit, 1);
    auto* const choose = makeIconButton(QStringLiteral("folder"), tr("Choose the file: %1").arg(label), row);
    line->addWidget(choose);
    connect(choose, &QToolButton::clicked, this, [this, edit, label] {
        auto* const dialog = new QFileDialog(this, label);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        dialog->open();
    });
    addTo(to, label, edit, hint, row);
    return edit;
}

void ConnectionPanel::buildTls() {
    addSection(tr("Encryption"));
    m_tls = new QCheckBox(tr("TLS"), this);
    body()->addWidget(m_tls);
    m_tlsBox = makeBox(this);
    QVBoxLayout* const column = columnOf(m_tlsBox);
    m_ca = addFile(column, tr("Certificate authority or trust store"),
                   tr("PEM, PKCS#12 or JKS. Empty: those that this computer trusts."));
    m_trustBox = makeBox(m_tlsBox);
    m_trustPassword = addSecret(columnOf(m_trustBox), tr("Password of the trust store"), {});
    column->addWidget(m_trustBox);
    m_certificate = addFile(column, tr("Client certificate or key store"),
                            tr("PEM, PKCS#12 or JKS. Only where the brokers ask for one."));
    m_keyBox = makeBox(m_tlsBox);
    m_key = addFile(columnOf(m_keyBox), tr("Private key (PEM)"), {});
    column->addWidget(m_keyBox);
    m_passphraseBox = makeBox(m_tlsBox);
    m_passphrase = addSecret(columnOf(m_passphraseBox), tr("Passphrase of the key or key store"), {});
    column->addWidget(m_passphraseBox);
    m_hostName = new QCheckBox(tr("The certificate must name the host"), m_tlsBox);
    column->addSpacing(Theme::kGap);
    column->addWidget(m_hostName);
    body()->addWidget(m_tlsBox);
    connect(m_tls, &QCheckBox::toggled, this, &ConnectionPanel::check);
    for (QLineEdit* const each : {m_ca, m_certificate, m_key}) {
        connect(each, &QLineEdit::textChanged, this, &ConnectionPanel::check);
    }
}

void ConnectionPanel::buildLogin() {
    addSection(tr("Login"));
    m_mechanism = new QComboBox(this);
    m_mechanism->setAccessibleName(tr("Login"));
    m_mechanism->addItem(tr("None"), QString());
    for (const char* const name : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"}) {
        m_mechanism->addItem(QString::fromLatin1(name), QString::fromLatin1(name));
    }
    body()->addWidget(m_mechanism);
    m_loginBox = makeBox(this);
    m_userBox = makeBox(m_loginBox);
    m_user = new QLineEdit(m_userBox);
    addTo(columnOf(m_userBox), tr("User"), m_user, {});
    m_tokenBox = makeBox(m_loginBox);
    m_tokenUrl = new QLineEdit(m_tokenBox);
    m_tokenUrl->setPlaceholderText(QStringLiteral("https://login.example.com/oauth2/token"));
    addTo(columnOf(m_tokenBox), tr("Fetch tokens from"), m_tokenUrl,
          tr("With the client's id and secret. Empty: a token is pasted below."));
    m_tokenScope = new QLineEdit(m_tokenBox);
    addTo(columnOf(m_tokenBox), tr("Scope"), m_tokenScope, {});
    columnOf(m_loginBox)->addWidget(m_tokenBox);
    columnOf(m_loginBox)->addWidget(m_userBox);
    m_password = addSecret(columnOf(m_loginBox), tr("Password"), {});
    connect(m_tokenUrl, &QLineEdit::textChanged, this, &ConnectionPanel::check);
    body()->addWidget(m_loginBox);
    m_keepingBox = makeBox(this);
    m_keeping = new QComboBox(m_keepingBox);
    m_keeping->addItem(tr("Ask each time"));
    m_keeping->addItem(tr("Keep while Weir runs"));
    m_keeping->addItem(tr("Keep in this computer's keychain"));
    m_keepingHint = addTo(columnOf(m_keepingBox), tr("Where its passwords stay"), m_keeping,
                          tr("Never written into a file: the keychain of the desktop is the only place."));
    body()->addWidget(m_keepingBox);
    connect(m_mechanism, &QComboBox::currentIndexChanged, this, &ConnectionPanel::check);
    m_connections.checkKeychain(this, [this](const ClusterResult<void>& works) {
        if (works) {
            return;
        }
        auto* const items = static_cast<QStandardItemModel*>(m_keeping->model());
        const int keychain = static_cast<int>(SecretKeeping::kKeychain);
        items->item(keychain)->setEnabled(false);
        if (m_keeping->currentIndex() == keychain) {
            m_keeping->setCurrentIndex(static_cast<int>(SecretKeeping::kSession));
        }
        m_keepingHint->setText(tr("%1 So a password lasts while Weir runs at most: it is never written into a file.")
                                   .arg(QString::fromStdString(works.error().message)));
    });
}

void ConnectionPanel::buildMarks() {
    addSection(tr("In Weir"));
    m_color = new QComboBox(this);
    m_color->setAccessibleName(tr("Colour of its window's edge"));
    for (int i = 0; i < kColors; ++i) {
        QPixmap dot(Theme::of().px(12), Theme::of().px(12));
        dot.fill(Theme::of().seriesColor(i));
        m_color->addItem(QIcon(dot), tr("Colour %1 at the edge of its window").arg(i + 1));
    }
    body()->addWidget(m_color);
    body()->addSpacing(Theme::kGap);
    m_readOnly = new QCheckBox(tr("Read-only"), this);
    body()->addWidget(m_readOnly);
    body()->addWidget(makeHint(tr("Nothing in the cluster can be changed through this connection."), this));
    body()->addSpacing(Theme::kGap);
    m_production = new QCheckBox(tr("Production"), this);
    body()->addWidget(m_production);
    body()->addWidget(
        makeHint(tr("Changes take typing the cluster's name first, and lock again after a while."), this));
    body()->addSpacing(Theme::kGap);
    m_pace = new QSpinBox(this);
    m_pace->setAccessibleName(tr("Reads at most, KiB a second"));
    constexpr int kMostKiB = 4 << 20;
    m_pace->setRange(0, kMostKiB);
    m_pace->setSingleStep(1024);
    m_pace->setGroupSeparatorShown(true);
    m_pace->setPrefix(tr("Reads at most "));
    m_pace->setSuffix(tr(" KiB a second"));
    m_pace->setSpecialValueText(tr("Reads as fast as records come"));
    body()->addWidget(m_pace);
    body()->addWidget(makeHint(tr("For pages, searches, exports and copies together; 0 is without a limit."), this));
    // Nothing is to be unlocked where nothing can be changed.
    connect(m_readOnly, &QCheckBox::toggled, this, &ConnectionPanel::check);
}

void ConnectionPanel::buildTest() {
    auto* const row = new QHBoxLayout;
    m_test = makeButton(tr("Test"), ButtonKind::kOrdinary, QStringLiteral("bolt"), this);
    row->addWidget(m_test);
    m_save = makeButton(tr("Save without opening"), ButtonKind::kQuiet, {}, this);
    row->addWidget(m_save);
    row->addStretch(1);
    body()->addSpacing(Theme::kGroupGap);
    body()->addLayout(row);
    m_steps = new QVBoxLayout;
    m_steps->setSpacing(Theme::kGap);
    body()->addSpacing(Theme::kGap);
    body()->addLayout(m_steps);
    // What a test finds stands at the end of a long panel, which grows by it.
    QScrollBar* const bar = findChild<QScrollArea*>()->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, this, [this, bar](int, int end) {
        if (m_followsSteps) {
            bar->setValue(end);
        }
    });
    connect(m_test, &QPushButton::clicked, this, &ConnectionPanel::test);
    connect(m_save, &QPushButton::clicked, this, [this] {
        if (!keep().isEmpty()) {
            close();
        }
    });
}

void ConnectionPanel::take(const QString& text) {
    if (text.trimmed().isEmpty()) {
        return;
    }
    ImportedConnection imported = m_connections.import(text);
    imported.profile.name = m_name->text();
    imported.profile.color = m_color->currentIndex();
    imported.profile.isReadOnly = m_readOnly->isChecked();
    imported.profile.isProduction = m_production->isChecked();
    imported.profile.keeping = static_cast<SecretKeeping>(m_keeping->currentIndex());
    fillIn(imported.profile, imported.secrets);
    clearSteps();
    for (const QString& note : imported.notes) {
        addStep({ConnectionStep::Outcome::kWarning, note});
    }
}

void ConnectionPanel::fillIn(const ConnectionProfile& profile, const ConnectionSecrets& secrets) {
    m_address->setText(profile.bootstrap);
    m_name->setText(profile.name);
    m_tls->setChecked(profile.usesTls);
    m_ca->setText(profile.caFile);
    m_certificate->setText(profile.certificateFile);
    m_key->setText(profile.keyFile);
    m_passphrase->setText(secrets.keyPassphrase);
    m_trustPassword->setText(secrets.trustPassword);
    m_hostName->setChecked(profile.checksHostName);
    m_mechanism->setCurrentIndex(std::max(0, m_mechanism->findData(profile.mechanism)));
    m_user->setText(profile.user);
    m_tokenUrl->setText(profile.tokenUrl);
    m_tokenScope->setText(profile.tokenScope);
    m_password->setText(profile.takesToken() ? secrets.token : secrets.password);
    const bool isKept = !m_id.isEmpty() && profile.keeping != SecretKeeping::kAsk;
    m_password->setPlaceholderText(isKept ? tr("as it is kept") : QString());
    m_keeping->setCurrentIndex(static_cast<int>(profile.keeping));
    m_color->setCurrentIndex(profile.color);
    m_readOnly->setChecked(profile.isReadOnly);
    m_production->setChecked(profile.isProduction);
    m_pace->setValue(profile.readKiBPerSecond);
    check();
}

void ConnectionPanel::check() {
    m_followsSteps = false;
    const QString mechanism = m_mechanism->currentData().toString();
    m_tlsBox->setVisible(m_tls->isChecked());
    m_loginBox->setVisible(!mechanism.isEmpty());
    const ConnectionProfile wanted = profile();
    m_tokenBox->setVisible(mechanism == kToken);
    m_userBox->setVisible(!wanted.takesToken());
    m_trustBox->setVisible(wanted.needsTrustPassword());
    call(m_user, wanted.tokenUrl.isEmpty() ? tr("User") : tr("Client id"));
    call(m_password, wanted.takesToken()          ? tr("Token")
                     : !wanted.tokenUrl.isEmpty() ? tr("Client secret")
                                                  : tr("Password"));
    const bool hasCertificate = !wanted.certificateFile.isEmpty() || !wanted.keyFile.isEmpty();
    m_keyBox->setVisible(hasCertificate && !ConnectionProfile::isStore(wanted.certificateFile));
    m_passphraseBox->setVisible(hasCertificate);
    m_keepingBox->setVisible(wanted.needsSecrets());
    m_production->setEnabled(!m_readOnly->isChecked());
    m_production->setToolTip(m_readOnly->isChecked() ? tr("Through a read-only connection nothing is changed anyway")
                                                     : QString());
    const bool hasAddress = !m_address->text().trimmed().isEmpty();
    const QString whyNot = tr("Give the address of a broker first");
    setPrimaryEnabled(hasAddress, whyNot);
    for (QPushButton* const button : {m_test, m_save}) {
        button->setEnabled(hasAddress);
        button->setToolTip(hasAddress ? QString() : whyNot);
    }
    m_name->setPlaceholderText(m_address->text().section(QLatin1Char(','), 0, 0).trimmed());
}

ConnectionProfile ConnectionPanel::profile() const {
    ConnectionProfile made;
    made.id = m_id;
    made.bootstrap = m_address->text().trimmed();
    made.name = m_name->text().trimmed().isEmpty() ? m_name->placeholderText() : m_name->text().trimmed();
    made.usesTls = m_tls->isChecked();
    made.caFile = m_ca->text().trimmed();
    made.certificateFile = m_certificate->text().trimmed();
    made.keyFile = ConnectionProfile::isStore(made.certificateFile) ? QString() : m_key->text().trimmed();
    made.checksHostName = m_hostName->isChecked();
    made.mechanism = m_mechanism->currentData().toString();
    made.user = m_user->text();
    if (made.mechanism == kToken) {
        made.tokenUrl = m_tokenUrl->text().trimmed();
        made.tokenScope = m_tokenScope->text().trimmed();
    }
    made.color = m_color->currentIndex();
    made.isReadOnly = m_readOnly->isChecked();
    made.isProduction = m_production->isChecked() && !made.isReadOnly;
    made.readKiBPerSecond = m_pace->value();
    made.keeping = static_cast<SecretKeeping>(m_keeping->currentIndex());
    return made;
}

ConnectionSecrets ConnectionPanel::secrets() const {
    const QString mechanism = m_mechanism->currentData().toString();
    const QString given = mechanism.isEmpty() ? QString() : m_password->text();
    const ConnectionProfile wanted = profile();
    return {wanted.takesToken() ? QString() : given, wanted.needsPassphrase() ? m_passphrase->text() : QString(),
            wanted.takesToken() ? given : QString(), wanted.needsTrustPassword() ? m_trustPassword->text() : QString()};
}

// Another window may have this connection open in a panel of its own.
QString ConnectionPanel::keep() {
    const auto all = m_connections.profiles();
    const auto now = std::find_if(all.begin(), all.end(), [this](const auto& one) { return one.id == m_id; });
    const bool isGone = m_before && now == all.end();
    if (m_before && !m_wasWarned && (isGone || *now != *m_before)) {
        m_wasWarned = true;
        addStep({ConnectionStep::Outcome::kWarning,
                 isGone
                     ? tr("This connection was removed in another window. Press again to keep it as it is here.")
                     : tr("This connection was changed in another window meanwhile. Press again to replace it by what "
                          "stands here, or close this panel to leave it as it is there.")});
        return {};
    }
    return m_connections.save(profile(), secrets());
}

void ConnectionPanel::test() {
    m_test->setEnabled(false);
    m_test->setText(tr("Trying…"));
    clearSteps();
    m_connections.test(
        profile(), secrets(), this,
        [this, number = ++m_testNumber](const ClusterResult<std::vector<ConnectionStep>>& answer) {
            if (number != m_testNumber) {
                return;
            }
            m_test->setEnabled(true);
            m_test->setText(tr("Test"));
            if (answer) {
                say(*answer);
            } else {
                addStep({ConnectionStep::Outcome::kFailed, QString::fromStdString(answer.error().message)});
            }
        });
}

void ConnectionPanel::clearSteps() {
    while (QLayoutItem* const item = m_steps->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void ConnectionPanel::say(const std::vector<ConnectionStep>& steps) {
    for (const ConnectionStep& step : steps) {
        addStep(step);
    }
}

// A shape and words: never colour alone.
void ConnectionPanel::addStep(const ConnectionStep& step) {
    using Outcome = ConnectionStep::Outcome;
    const bool isDone = step.outcome == Outcome::kDone;
    const bool isWarning = step.outcome == Outcome::kWarning;
    auto* const row = new QWidget(this);
    auto* const line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(Theme::kGap);
    auto* const icon = new QLabel(row);
    icon->setPixmap(Theme::of().pixmap(isDone      ? QStringLiteral("check")
                                       : isWarning ? QStringLiteral("warning")
                                                   : QStringLiteral("error"),
                                       18,
                                       isDone      ? Tint::kOk
                                       : isWarning ? Tint::kWarn
                                                   : Tint::kBad,
                                       devicePixelRatioF()));
    icon->setAccessibleName(isDone ? tr("Works") : isWarning ? tr("Warning") : tr("Failed"));
    line->addWidget(icon, 0, Qt::AlignTop);
    auto* const words = makeLabel(step.sentence, FontRole::kBody, Tint::kText, row);
    words->setWordWrap(true);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    line->addWidget(words, 1);
    m_steps->addWidget(row);
    m_followsSteps = true;
}

}  // namespace weir::ui
