// SPDX-License-Identifier: GPL-3.0-or-later

//! rust-rdkafka against the broker: PHASE BOOTSTRAP, a line a scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_executor::block_on;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

type Outcome = Result<(), String>;

const PATIENCE: Duration = Duration::from_secs(60);

fn told<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

struct World {
    bootstrap: String,
    run: String,
    /// What every client is set to beside the address: a login.
    login: Vec<(String, String)>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Row {
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(String, Option<Vec<u8>>)>,
    partition: Option<i32>,
}

impl World {
    fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        for (key, value) in &self.login {
            config.set(key, value);
        }
        config
    }

    fn admin(&self) -> Result<AdminClient<DefaultClientContext>, String> {
        self.config().create().map_err(told)
    }

    fn create(&self, topic: &str, partitions: i32) -> Outcome {
        let made = block_on(self.admin()?.create_topics(
            &[NewTopic::new(topic, partitions, TopicReplication::Fixed(1))],
            &AdminOptions::new().operation_timeout(Some(PATIENCE)),
        ));
        for each in made.map_err(told)? {
            each.map_err(|(name, code)| format!("{name}: {code}"))?;
        }
        Ok(())
    }

    fn send(&self, producer: &BaseProducer, topic: &str, rows: &[Row]) -> Outcome {
        for row in rows {
            let mut headers = OwnedHeaders::new();
            for (key, value) in &row.headers {
                headers = headers.insert(Header { key, value: value.as_ref() });
            }
            let mut record: BaseRecord<Vec<u8>, Vec<u8>> = BaseRecord::to(topic);
            if !row.headers.is_empty() {
                record = record.headers(headers);
            }
            if let Some(key) = &row.key {
                record = record.key(key);
            }
            if let Some(value) = &row.value {
                record = record.payload(value);
            }
            if let Some(partition) = row.partition {
                record = record.partition(partition);
            }
            producer.send(record).map_err(|(error, _)| told(error))?;
            producer.poll(Duration::ZERO);
        }
        Ok(())
    }

    fn produce(&self, topic: &str, codec: &str, rows: &[Row]) -> Outcome {
        let producer: BaseProducer = self
            .config()
            .set("compression.codec", codec)
            .set("enable.idempotence", "true")
            .set("message.max.bytes", "2000000")
            .create()
            .map_err(told)?;
        self.send(&producer, topic, rows)?;
        producer.flush(PATIENCE).map_err(told)
    }

    fn consumer(&self, group: &str) -> Result<BaseConsumer, String> {
        self.consumer_with(group, &[])
    }

    fn consumer_with(&self, group: &str, more: &[(&str, &str)]) -> Result<BaseConsumer, String> {
        let mut config = self.config();
        config
            .set("group.id", group)
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .set("session.timeout.ms", "6000")
            .set("fetch.wait.max.ms", "50")
            .set("isolation.level", "read_committed");
        for (key, value) in more {
            config.set(*key, *value);
        }
        config.create().map_err(told)
    }

    /// The first `count` records of a topic, by a group of one.
    fn take(&self, topic: &str, count: usize) -> Result<Vec<Row>, String> {
        let consumer = self.consumer(&format!("g-{topic}"))?;
        consumer.subscribe(&[topic]).map_err(told)?;
        let mut rows = Vec::new();
        let end = Instant::now() + PATIENCE;
        while rows.len() < count {
            if Instant::now() > end {
                return Err(format!("{} of {count} records came back", rows.len()));
            }
            if let Some(message) = consumer.poll(Duration::from_millis(100)) {
                let message = message.map_err(told)?;
                let headers = message.headers().map_or(Vec::new(), |all| {
                    all.iter().map(|h| (h.key.to_string(), h.value.map(<[u8]>::to_vec))).collect()
                });
                rows.push(Row {
                    key: message.key().map(<[u8]>::to_vec),
                    value: message.payload().map(<[u8]>::to_vec),
                    headers,
                    partition: None,
                });
            }
        }
        Ok(rows)
    }
}

fn codec(world: &World, name: &str) -> Outcome {
    let topic = format!("rust-codec-{name}-{}", world.run);
    world.create(&topic, 1)?;
    let mut rows: Vec<Row> = [1usize, 100, 10_000, 900_000]
        .iter()
        .enumerate()
        .map(|(n, size)| Row {
            key: Some(format!("k{n}").into_bytes()),
            value: Some(vec![b'a' + n as u8; *size]),
            headers: vec![
                ("h".into(), Some(b"v".to_vec())),
                ("h".into(), Some(b"again".to_vec())),
                ("null".into(), None),
            ],
            partition: None,
        })
        .collect();
    rows.push(Row { value: Some(b"no key".to_vec()), ..Row::default() });
    rows.push(Row { key: Some(b"tombstone".to_vec()), ..Row::default() });
    world.produce(&topic, name, &rows)?;
    let got = world.take(&topic, rows.len())?;
    match rows.iter().zip(&got).position(|(sent, back)| sent != back) {
        Some(at) => Err(format!("record {at} came back changed")),
        None => Ok(()),
    }
}

fn order(world: &World) -> Outcome {
    let topic = format!("rust-order-{}", world.run);
    world.create(&topic, 6)?;
    let rows: Vec<Row> = (0..2000)
        .map(|i| Row {
            key: Some(format!("k{}", i % 20).into_bytes()),
            value: Some(format!("{i:06}").into_bytes()),
            ..Row::default()
        })
        .collect();
    world.produce(&topic, "none", &rows)?;
    let mut last: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    for row in world.take(&topic, rows.len())? {
        let (key, value) = (row.key.unwrap_or_default(), row.value.unwrap_or_default());
        if last.get(&key).is_some_and(|before| *before >= value) {
            return Err(format!("{} went back", String::from_utf8_lossy(&key)));
        }
        last.insert(key, value);
    }
    Ok(())
}

/// A member of a group on its own thread; it leaves when it is dropped.
struct Member {
    stop: Arc<AtomicBool>,
    owned: Arc<Mutex<Vec<i32>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Member {
    fn join(world: &World, group: &str, topic: &str, seen: &Arc<Mutex<BTreeSet<Vec<u8>>>>) -> Result<Member, String> {
        Member::join_with(world, group, topic, seen, &[])
    }

    fn join_with(
        world: &World,
        group: &str,
        topic: &str,
        seen: &Arc<Mutex<BTreeSet<Vec<u8>>>>,
        more: &[(&str, &str)],
    ) -> Result<Member, String> {
        let consumer = world.consumer_with(group, more)?;
        consumer.subscribe(&[topic]).map_err(told)?;
        let stop = Arc::new(AtomicBool::new(false));
        let owned = Arc::new(Mutex::new(Vec::new()));
        let (stopped, owns, seen) = (stop.clone(), owned.clone(), seen.clone());
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                if let Some(Ok(message)) = consumer.poll(Duration::from_millis(50)) {
                    seen.lock().unwrap().insert(message.payload().unwrap_or_default().to_vec());
                    let _ = consumer.commit_message(&message, CommitMode::Async);
                }
                if let Ok(list) = consumer.assignment() {
                    *owns.lock().unwrap() = list.elements().iter().map(|e| e.partition()).collect();
                }
            }
        });
        Ok(Member { stop, owned, thread: Some(thread) })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn wait_for(what: &str, condition: impl Fn() -> bool) -> Outcome {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        if Instant::now() > end {
            return Err(what.to_string());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn settled(members: &[Member]) -> Outcome {
    settled_over(members, 6)
}

fn settled_over(members: &[Member], partitions: i32) -> Outcome {
    wait_for("the partitions were never shared", || {
        let mut all = Vec::new();
        for member in members {
            let owned = member.owned.lock().unwrap();
            if owned.is_empty() {
                return false;
            }
            all.extend(owned.iter().copied());
        }
        all.sort_unstable();
        all == (0..partitions).collect::<Vec<i32>>()
    })
}

fn group(world: &World) -> Outcome {
    let topic = format!("rust-group-{}", world.run);
    let name = format!("g-{topic}");
    world.create(&topic, 6)?;
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let batch = |from: i32| -> Outcome {
        let rows: Vec<Row> = (from..from + 600)
            .map(|i| Row { value: Some(i.to_string().into_bytes()), partition: Some(i % 6), ..Row::default() })
            .collect();
        world.produce(&topic, "none", &rows)
    };
    let saw = |count: usize| wait_for(&format!("not all of {count} were seen"), || seen.lock().unwrap().len() == count);
    let mut members = Vec::new();
    for _ in 0..3 {
        members.push(Member::join(world, &name, &topic, &seen)?);
    }
    settled(&members)?;
    batch(0)?;
    saw(600)?;
    members.remove(1);
    settled(&members)?;
    members.push(Member::join(world, &name, &topic, &seen)?);
    settled(&members)?;
    batch(600)?;
    saw(1200)
}

const KEPT: [i64; 3] = [1, 2, 3];

fn commit(world: &World) -> Outcome {
    world.create("rust-keeper", 3)?;
    world.produce("rust-keeper", "none", &[Row { value: Some(b"x".to_vec()), ..Row::default() }])?;
    let mut list = TopicPartitionList::new();
    for (partition, offset) in KEPT.iter().enumerate() {
        list.add_partition_offset("rust-keeper", partition as i32, Offset::Offset(*offset)).map_err(told)?;
    }
    world.consumer("rust-keepers")?.commit(&list, CommitMode::Sync).map_err(told)
}

fn commit_kept(world: &World) -> Outcome {
    let mut list = TopicPartitionList::new();
    list.add_partition_range("rust-keeper", 0, 2);
    let kept = world.consumer("rust-keepers")?.committed_offsets(list, PATIENCE).map_err(told)?;
    let offsets: Vec<Offset> = kept.elements().iter().map(|e| e.offset()).collect();
    if offsets == KEPT.map(Offset::Offset) {
        Ok(())
    } else {
        Err(format!("committed {offsets:?}"))
    }
}

/// One transaction is committed, one aborted, and a newer producer fences the older.
fn transactions(world: &World) -> Outcome {
    let topic = format!("rust-txn-{}", world.run);
    world.create(&topic, 2)?;
    let id = format!("rust-{}", world.run);
    let start = || -> Result<BaseProducer, String> {
        let producer: BaseProducer = world.config().set("transactional.id", &id).create().map_err(told)?;
        producer.init_transactions(PATIENCE).map_err(told)?;
        Ok(producer)
    };
    let row = |text: &str| [Row { value: Some(text.as_bytes().to_vec()), partition: Some(0), ..Row::default() }];
    let old = start()?;
    for (text, keeps) in [("a", true), ("b", false), ("c", true)] {
        old.begin_transaction().map_err(told)?;
        world.send(&old, &topic, &row(text))?;
        old.flush(PATIENCE).map_err(told)?;
        if keeps { old.commit_transaction(PATIENCE) } else { old.abort_transaction(PATIENCE) }.map_err(told)?;
    }
    let new = start()?;
    old.begin_transaction().map_err(told)?;
    world.send(&old, &topic, &row("of a fenced one"))?;
    let _ = old.flush(PATIENCE);
    if old.commit_transaction(PATIENCE).is_ok() {
        return Err("the older producer was not fenced".into());
    }
    new.begin_transaction().map_err(told)?;
    world.send(&new, &topic, &row("d"))?;
    new.commit_transaction(PATIENCE).map_err(told)?;
    let got: Vec<String> = world
        .take(&topic, 3)?
        .into_iter()
        .map(|r| String::from_utf8_lossy(&r.value.unwrap_or_default()).into_owned())
        .collect();
    if got == ["a", "c", "d"] {
        Ok(())
    } else {
        Err(format!("read {got:?}"))
    }
}

fn admin(world: &World) -> Outcome {
    let topic = format!("rust-admin-{}", world.run);
    world.create(&topic, 2)?;
    let admin = world.admin()?;
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    for each in block_on(admin.create_partitions(&[NewPartitions::new(&topic, 5)], &options)).map_err(told)? {
        each.map_err(|(name, code)| format!("{name}: {code}"))?;
    }
    let described = block_on(admin.describe_configs([&ResourceSpecifier::Topic(&topic)], &options)).map_err(told)?;
    for each in described {
        let resource = each.map_err(told)?;
        let retention = resource.get("retention.ms").and_then(|entry| entry.value.clone());
        if retention.as_deref() != Some("604800000") {
            return Err(format!("retention.ms is {retention:?}"));
        }
    }
    let consumer = world.consumer("rust-admin")?;
    let partitions = || -> usize {
        consumer
            .fetch_metadata(None, PATIENCE)
            .ok()
            .and_then(|all| all.topics().iter().find(|t| t.name() == topic).map(|t| t.partitions().len()))
            .unwrap_or(0)
    };
    wait_for("the topic never grew", || partitions() == 5)?;
    for each in block_on(admin.delete_topics(&[&topic], &options)).map_err(told)? {
        each.map_err(|(name, code)| format!("{name}: {code}"))?;
    }
    wait_for("the topic never went", || partitions() == 0)
}

fn number(i: i32) -> Row {
    Row { value: Some(i.to_string().into_bytes()), partition: Some(0), ..Row::default() }
}

/// The topic holds the numbers below `count`, each once and in order.
fn holds(world: &World, topic: &str, count: i32) -> Outcome {
    let got = world.take(topic, count as usize)?;
    match (0..count).find(|i| got[*i as usize].value != number(*i).value) {
        Some(at) => Err(format!("record {at} is {:?}", got[at as usize].value)),
        None => Ok(()),
    }
}

fn idempotence(world: &World) -> Outcome {
    let topic = format!("rust-idem-{}", world.run);
    world.create(&topic, 1)?;
    let producer: BaseProducer = world
        .config()
        .set("enable.idempotence", "true")
        .set("batch.num.messages", "7")
        .create()
        .map_err(told)?;
    world.send(&producer, &topic, &(0..3000).map(number).collect::<Vec<Row>>())?;
    producer.flush(PATIENCE).map_err(told)?;
    holds(world, &topic, 3000)
}

fn static_members(world: &World) -> Outcome {
    let topic = format!("rust-static-{}", world.run);
    let name = format!("g-{topic}");
    world.create(&topic, 4)?;
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let join = |id: &str| {
        Member::join_with(world, &name, &topic, &seen, &[("group.instance.id", id), ("session.timeout.ms", "30000")])
    };
    let mut members = vec![join("one")?, join("two")?];
    settled_over(&members, 4)?;
    let kept = members[1].owned.lock().unwrap().clone();
    members.pop();
    members.push(join("two")?);
    settled_over(&members, 4)?;
    let back = members[1].owned.lock().unwrap().clone();
    if back == kept {
        Ok(())
    } else {
        Err(format!("it had {kept:?} and came back to {back:?}"))
    }
}

fn cooperative(world: &World) -> Outcome {
    let topic = format!("rust-coop-{}", world.run);
    let name = format!("g-{topic}");
    world.create(&topic, 6)?;
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let join = || {
        Member::join_with(world, &name, &topic, &seen, &[("partition.assignment.strategy", "cooperative-sticky")])
    };
    let mut sent = 0;
    let mut batch = || -> Result<usize, String> {
        let rows: Vec<Row> =
            (sent..sent + 300).map(|i| Row { partition: Some(i % 6), ..number(i) }).collect();
        world.produce(&topic, "none", &rows)?;
        sent += 300;
        Ok(sent as usize)
    };
    let mut members = vec![join()?, join()?];
    settled(&members)?;
    let mut total = 0;
    for _ in 0..3 {
        batch()?;
        members.push(join()?);
        settled(&members)?;
        total = batch()?;
        members.remove(0);
        settled(&members)?;
    }
    wait_for("not everything was seen", || seen.lock().unwrap().len() == total)
}

fn admin_groups(world: &World) -> Outcome {
    let topic = format!("rust-groups-{}", world.run);
    let name = format!("g-{topic}");
    world.create(&topic, 2)?;
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let member = Member::join(world, &name, &topic, &seen)?;
    settled_over(std::slice::from_ref(&member), 2)?;
    let probe = world.consumer("rust-probe")?;
    let state = || -> Option<(String, usize)> {
        let found = probe.fetch_group_list(Some(&name), PATIENCE).ok()?;
        found.groups().iter().find(|g| g.name() == name).map(|g| (g.state().to_string(), g.members().len()))
    };
    wait_for("never stable", || state() == Some(("Stable".into(), 1)))?;
    drop(member);
    wait_for("never empty", || state().is_some_and(|(_, members)| members == 0))?;
    let gone = block_on(world.admin()?.delete_groups(&[&name], &AdminOptions::new())).map_err(told)?;
    for each in gone {
        each.map_err(|(group, code)| format!("{group}: {code}"))?;
    }
    Ok(())
}

/// A setting's value and source, set and left alone. Its alter_configs() does not tell of a refusal.
fn admin_configs(world: &World) -> Outcome {
    let topic = format!("rust-configs-{}", world.run);
    world.create(&topic, 1)?;
    let admin = world.admin()?;
    let options = AdminOptions::new();
    let alter = |key: &str, value: &str| -> Outcome {
        let change = AlterConfig::new(ResourceSpecifier::Topic(&topic)).set(key, value);
        for each in block_on(admin.alter_configs(&[change], &options)).map_err(told)? {
            each.map_err(|(_, code)| code.to_string())?;
        }
        Ok(())
    };
    alter("retention.ms", "123456")?;
    let described = block_on(admin.describe_configs([&ResourceSpecifier::Topic(&topic)], &options)).map_err(told)?;
    for each in described {
        let resource = each.map_err(told)?;
        let told_of = |key: &str| resource.get(key).map(|entry| (entry.value.clone(), format!("{:?}", entry.source)));
        let found = (told_of("retention.ms"), told_of("segment.bytes"));
        let wanted = (
            Some((Some("123456".to_string()), "DynamicTopic".to_string())),
            Some((Some("1073741824".to_string()), "Default".to_string())),
        );
        if found != wanted {
            return Err(format!("{found:?}"));
        }
    }
    Ok(())
}

fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The world behind another door.
fn behind(world: &World, address: &str, login: &[(&str, String)]) -> World {
    World {
        bootstrap: given(address),
        run: world.run.clone(),
        login: login.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
    }
}

fn greet(world: &World, topic: &str) -> Outcome {
    let name = format!("rust-{topic}-{}", world.run);
    world.create(&name, 1)?;
    world.produce(&name, "none", &[number(0)])?;
    holds(world, &name, 1)
}

fn refused(world: &World) -> Outcome {
    match world.consumer("nobody")?.fetch_metadata(None, Duration::from_secs(3)) {
        Ok(_) => Err("the login was accepted".into()),
        Err(_) => Ok(()),
    }
}

/// PLAIN alone: librdkafka sent a wrong nonce by SCRAM until 2.6.1, which Apache Kafka refuses since 4.0 too.
fn sasl(world: &World) -> Outcome {
    let login = |password: String| {
        [
            ("security.protocol", "SASL_SSL".to_string()),
            ("ssl.ca.location", given("WEIR_CA")),
            ("sasl.mechanism", "PLAIN".to_string()),
            ("sasl.username", given("WEIR_USER")),
            ("sasl.password", password),
        ]
    };
    greet(&behind(world, "WEIR_SASL_SSL", &login(given("WEIR_PASSWORD"))), "plain")?;
    refused(&behind(world, "WEIR_SASL_SSL", &login("wrong".into())))
}

fn tls(world: &World) -> Outcome {
    let mut login = vec![("security.protocol", "SSL".to_string()), ("ssl.ca.location", given("WEIR_CA"))];
    refused(&behind(world, "WEIR_SSL", &login))?;
    login.push(("ssl.certificate.location", given("WEIR_CERT")));
    login.push(("ssl.key.location", given("WEIR_KEY")));
    greet(&behind(world, "WEIR_SSL", &login), "tls")
}

/// The broker is killed while records are under way.
fn restart(world: &World) -> Outcome {
    let topic = format!("rust-restart-{}", world.run);
    world.create(&topic, 1)?;
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let member = Member::join(world, &format!("{topic}-group"), &topic, &seen)?;
    settled_over(std::slice::from_ref(&member), 1)?;
    let producer: BaseProducer =
        world.config().set("enable.idempotence", "true").set("linger.ms", "1").create().map_err(told)?;
    world.send(&producer, &topic, &(0..1000).map(number).collect::<Vec<Row>>())?;
    wait_for("nothing was acknowledged", || {
        producer.poll(Duration::from_millis(10));
        !seen.lock().unwrap().is_empty()
    })?;
    println!("RESTART");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(told)?;
    if answer != "restarted\n" {
        return Err("nobody restarted the broker".into());
    }
    world.send(&producer, &topic, &(1000..2000).map(number).collect::<Vec<Row>>())?;
    producer.flush(PATIENCE).map_err(told)?;
    holds(world, &topic, 2000)?;
    wait_for("the group did not get on", || seen.lock().unwrap().len() == 2000)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let world = World { bootstrap: args[2].clone(), run: (since.as_millis() % 100_000_000).to_string(), login: Vec::new() };
    let mut all: Vec<(String, Box<dyn Fn(&World) -> Outcome>)> = Vec::new();
    if args[1] == "main" {
        for name in ["none", "gzip", "snappy", "lz4", "zstd"] {
            all.push((format!("codec-{name}"), Box::new(move |w| codec(w, name))));
        }
        all.push(("order".into(), Box::new(order)));
        all.push(("group".into(), Box::new(group)));
        all.push(("commit".into(), Box::new(commit)));
        all.push(("transactions".into(), Box::new(transactions)));
        all.push(("admin".into(), Box::new(admin)));
    } else if args[1] == "matrix" {
        all.push(("idempotence".into(), Box::new(idempotence)));
        // One scenario has both.
        all.push(("transactions".into(), Box::new(transactions)));
        all.push(("static".into(), Box::new(static_members)));
        all.push(("cooperative".into(), Box::new(cooperative)));
        all.push(("admin-topics".into(), Box::new(admin)));
        all.push(("admin-configs".into(), Box::new(admin_configs)));
        all.push(("admin-groups".into(), Box::new(admin_groups)));
        all.push(("sasl".into(), Box::new(sasl)));
        all.push(("tls".into(), Box::new(tls)));
        all.push(("restart".into(), Box::new(restart)));
    } else {
        all.push(("commit-kept".into(), Box::new(commit_kept)));
    }
    let mut failed = false;
    for (name, scenario) in all {
        match scenario(&world) {
            Ok(()) => println!("PASS {name}"),
            Err(why) => {
                failed = true;
                println!("FAIL {name}: {}", why.replace('\n', " "));
            }
        }
    }
    std::process::exit(i32::from(failed));
}
