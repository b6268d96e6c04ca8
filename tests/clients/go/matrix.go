// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// Login is how the clients connect while one of the security scenarios runs.
type Login struct {
	TLS                       *tls.Config
	Mechanism, User, Password string
}

var login *Login

// Asked is what run_matrix.py's scenarios need of a library, as far as it has it.
type Asked interface {
	Client
	// Matrix names the scenarios that only this library has, or has in its own way.
	Matrix() []scenario
	// Joining makes a client whose members join in one of these ways: "static:ID", "cooperative", "consumer".
	Joining(how string) Client
	// Writer sends one record after the other to partition 0 of topics, through whatever happens to the broker.
	Writer() (write func(topic, value string) error, stop func(), err error)
	// ReadCommitted reads what a reader of committed data sees of partition 0, up to the end of now.
	ReadCommitted(topic string) ([]string, error)
	AlterOffsets(group, topic string, offsets map[int32]int64) error
	DeleteGroup(group string) error
	Groups() ([]string, error)
	// GroupState is the state, and the client ids of the members.
	GroupState(group string) (string, []string, error)
	Grow(topic string, partitions int32) error
	Partitions(topic string) (int, error)
	// Alter is "set", "append", "subtract" or "delete" of a topic's setting.
	Alter(topic, operation, key, value string) error
	// Config is a setting's value, the number of its source, and name=value of its synonyms.
	Config(topic, key string) (value string, source int, synonyms []string, err error)
	// AddAcls makes two rules for a topic: reading allowed by name, writing denied by prefix.
	AddAcls(topic string) error
	Acls(topic string) (int, error)
	RemoveAcls(topic string) (int, error)
	SetScram(user string) error
	Scram(user string) (iterations []int, err error)
	RemoveScram(user string) error
	SetQuota(clientID string, bytes float64) error
	// Quota is 0 where there is none.
	Quota(clientID string) (float64, error)
	RemoveQuota(clientID string) error
}

func wrong(what string, got, wanted any) error {
	if fmt.Sprint(got) != fmt.Sprint(wanted) {
		return fmt.Errorf("%s: got %.200v, wanted %.200v", what, got, wanted)
	}
	return nil
}

func numbered(count int) []string {
	var all []string
	for i := 0; i < count; i++ {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

func send(c Client, topic string, values ...string) error {
	var out []Record
	for _, value := range values {
		out = append(out, Record{Value: []byte(value)})
	}
	return c.Produce(topic, "none", out)
}

// whole is a topic's content compared with what it should be.
func whole(c Asked, topic string, wanted []string) error {
	got, err := c.ReadCommitted(topic)
	if err != nil {
		return err
	}
	return wrong("records", got, wanted)
}

func idempotence(c Asked) error {
	topic := "go-idem-" + run
	if err := c.Create(topic, 1); err != nil {
		return err
	}
	values := numbered(2000)
	for from := 0; from < len(values); from += 100 {
		if err := send(c, topic, values[from:from+100]...); err != nil {
			return err
		}
	}
	return whole(c, topic, values)
}

// joined is a member that counts how often it was given partitions.
type joined struct {
	stop   func()
	mutex  sync.Mutex
	owned  []int32
	rounds int
}

func (j *joined) has() []int32 {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	sorted := append([]int32{}, j.owned...)
	sort.Slice(sorted, func(a, b int) bool { return sorted[a] < sorted[b] })
	return sorted
}

func enter(c Client, group, topic string, onRecord func(Record)) (*joined, error) {
	j := &joined{}
	stop, err := c.Member(group, topic, onRecord, func(partitions []int32) {
		j.mutex.Lock()
		defer j.mutex.Unlock()
		j.owned, j.rounds = partitions, j.rounds+1
	})
	j.stop = stop
	return j, err
}

func shared(partitions int, members ...*joined) error {
	return await(func() bool {
		var all []string
		for _, m := range members {
			has := m.has()
			if len(has) == 0 {
				return false
			}
			for _, p := range has {
				all = append(all, fmt.Sprint(p))
			}
		}
		sort.Strings(all)
		return strings.Join(all, " ") == strings.Join(numbered(partitions), " ")
	}, func() string {
		text := "never settled:"
		for _, m := range members {
			text += fmt.Sprint(" ", m.has())
		}
		return text
	})
}

func static(c Asked) error {
	topic, group := "go-static-"+run, "go-static-group-"+run
	if err := c.Create(topic, 4); err != nil {
		return err
	}
	ignore := func(Record) {}
	first, err := enter(c.Joining("static:one"), group, topic, ignore)
	if err != nil {
		return err
	}
	defer first.stop()
	second, err := enter(c.Joining("static:two"), group, topic, ignore)
	if err != nil {
		return err
	}
	if err := shared(4, first, second); err != nil {
		second.stop()
		return err
	}
	kept, rounds := second.has(), first.rounds
	second.stop()
	back, err := enter(c.Joining("static:two"), group, topic, ignore)
	if err != nil {
		return err
	}
	defer back.stop()
	if err := shared(4, first, back); err != nil {
		return err
	}
	if err := wrong("partitions", back.has(), kept); err != nil {
		return err
	}
	return wrong("rebalances of the other", first.rounds, rounds)
}

// churned has members come and go while records come; each is seen.
func churned(how string) func(Asked) error {
	return func(c Asked) error {
		topic, group := "go-"+how+"-"+run, "go-"+how+"-group-"+run
		if err := c.Create(topic, 6); err != nil {
			return err
		}
		var mutex sync.Mutex
		seen, sent := map[string]bool{}, 0
		onRecord := func(r Record) {
			mutex.Lock()
			defer mutex.Unlock()
			seen[string(r.Value)] = true
		}
		var members []*joined
		defer func() {
			for _, m := range members {
				m.stop()
			}
		}()
		come := func() error {
			m, err := enter(c.Joining(how), group, topic, onRecord)
			if err != nil {
				return err
			}
			members = append(members, m)
			return nil
		}
		more := func() error {
			sent += 600
			return batch(c, topic, sent-600)
		}
		go2 := func(steps ...func() error) error {
			for _, step := range steps {
				if err := step(); err != nil {
					return err
				}
			}
			return nil
		}
		settle := func() error { return shared(6, members...) }
		leave := func() error {
			members[0].stop()
			members = members[1:]
			return nil
		}
		if err := go2(come, come, settle); err != nil {
			return err
		}
		for round := 0; round < 3; round++ {
			if err := go2(more, come, settle, more, leave, settle); err != nil {
				return err
			}
		}
		count := func() int {
			mutex.Lock()
			defer mutex.Unlock()
			return len(seen)
		}
		return await(func() bool { return count() == sent }, func() string { return fmt.Sprintf("%d of %d seen", count(), sent) })
	}
}

func adminTopics(c Asked) error {
	topic := "go-topics-" + run
	if err := c.Create(topic, 2); err != nil {
		return err
	}
	if c.Create(topic, 2) == nil {
		return errors.New("the topic was made twice")
	}
	if err := c.Grow(topic, 5); err != nil {
		return err
	}
	if err := await(func() bool { n, err := c.Partitions(topic); return err == nil && n == 5 }, func() string { return "never grew" }); err != nil {
		return err
	}
	return c.Delete(topic)
}

func adminConfigs(c Asked) error {
	topic := "go-configs-" + run
	if err := c.Create(topic, 1); err != nil {
		return err
	}
	if err := c.Alter(topic, "set", "retention.ms", "123456"); err != nil {
		return err
	}
	value, source, synonyms, err := c.Config(topic, "retention.ms")
	if err != nil {
		return err
	}
	if err := wrong("retention.ms", fmt.Sprint(value, source, synonyms[0]), fmt.Sprint("123456", 1, "retention.ms=123456")); err != nil {
		return err
	}
	if value, source, _, err = c.Config(topic, "segment.bytes"); err != nil {
		return err
	}
	if err := wrong("segment.bytes", fmt.Sprint(value, source), fmt.Sprint("1073741824", 5)); err != nil {
		return err
	}
	for _, step := range [][3]string{{"set", "compact", "compact"}, {"append", "delete", "compact,delete"},
		{"subtract", "compact", "delete"}, {"delete", "", "delete"}} {
		if err := c.Alter(topic, step[0], "cleanup.policy", step[1]); err != nil {
			return err
		}
		if value, _, _, err = c.Config(topic, "cleanup.policy"); err != nil {
			return err
		}
		if err := wrong(step[0], value, step[2]); err != nil {
			return err
		}
	}
	if c.Alter(topic, "set", "no.such.key", "1") == nil {
		return errors.New("an unknown setting was taken")
	}
	return nil
}

func adminGroups(c Asked) error {
	topic, group := "go-groups-"+run, "go-groups-group-"+run
	if err := c.Create(topic, 2); err != nil {
		return err
	}
	member, err := enter(c, group, topic, func(Record) {})
	if err != nil {
		return err
	}
	if err := shared(2, member); err != nil {
		member.stop()
		return err
	}
	state, members, err := c.GroupState(group)
	refusal := c.DeleteGroup(group)
	member.stop()
	if err != nil {
		return err
	}
	if err := wrong("group", fmt.Sprint(state, len(members)), "Stable1"); err != nil {
		return err
	}
	if refusal == nil {
		return errors.New("a group with members was deleted")
	}
	if err := await(func() bool { state, _, _ := c.GroupState(group); return state == "Empty" }, func() string { return "never empty" }); err != nil {
		return err
	}
	listed := func() (bool, error) {
		all, err := c.Groups()
		return strings.Contains(" "+strings.Join(all, " ")+" ", " "+group+" "), err
	}
	if is, err := listed(); err != nil || !is {
		return fmt.Errorf("not listed: %v", err)
	}
	if err := c.DeleteGroup(group); err != nil {
		return err
	}
	if is, err := listed(); err != nil || is {
		return fmt.Errorf("listed still: %v", err)
	}
	return nil
}

func adminOffsets(c Asked) error {
	topic, group := "go-offsets-"+run, "go-offsets-group-"+run
	if err := c.Create(topic, 3); err != nil {
		return err
	}
	wanted := map[int32]int64{0: 5, 1: 6, 2: 7}
	if err := c.AlterOffsets(group, topic, wanted); err != nil {
		return err
	}
	got, err := c.Committed(group, topic)
	if err != nil {
		return err
	}
	return wrong("offsets", got, wanted)
}

func adminAcls(c Asked) error {
	topic := "go-acl-" + run
	if err := c.AddAcls(topic); err != nil {
		return err
	}
	found, err := c.Acls(topic)
	if err != nil {
		return err
	}
	removed, err := c.RemoveAcls(topic)
	if err != nil {
		return err
	}
	left, err := c.Acls(topic)
	if err != nil {
		return err
	}
	return wrong("rules", []int{found, removed, left}, []int{2, 2, 0})
}

func adminScram(c Asked) error {
	user := "go-" + run
	if err := c.SetScram(user); err != nil {
		return err
	}
	found, err := c.Scram(user)
	if err != nil {
		return err
	}
	if err := wrong("iterations", found, []int{8192}); err != nil {
		return err
	}
	if err := c.RemoveScram(user); err != nil {
		return err
	}
	found, _ = c.Scram(user)
	return wrong("left", len(found), 0)
}

func adminQuotas(c Asked) error {
	id := "go-" + run
	if err := c.SetQuota(id, 123456); err != nil {
		return err
	}
	value, err := c.Quota(id)
	if err != nil {
		return err
	}
	if err := wrong("quota", value, 123456.0); err != nil {
		return err
	}
	if err := c.RemoveQuota(id); err != nil {
		return err
	}
	value, err = c.Quota(id)
	if err != nil {
		return err
	}
	return wrong("left", value, 0.0)
}

func trusting(withCertificate bool) *tls.Config {
	pem, err := os.ReadFile(os.Getenv("WEIR_CA"))
	if err != nil {
		panic(err)
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(pem)
	if withCertificate {
		pair, err := tls.LoadX509KeyPair(os.Getenv("WEIR_CERT"), os.Getenv("WEIR_KEY"))
		if err != nil {
			panic(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}

func greeted(name, address, topic string, how *Login) error {
	login = how
	defer func() { login = nil }()
	c := clients[name](address).(Asked)
	if err := c.Create(topic, 1); err != nil {
		return err
	}
	if err := send(c, topic, "hello"); err != nil {
		return err
	}
	return whole(c, topic, []string{"hello"})
}

func saslLogins(name string) func(Asked) error {
	return func(Asked) error {
		for mechanism, password := range map[string]string{"PLAIN": os.Getenv("WEIR_PASSWORD"),
			"SCRAM-SHA-256": os.Getenv("WEIR_SCRAM_PASSWORD"), "SCRAM-SHA-512": os.Getenv("WEIR_SCRAM_PASSWORD")} {
			how := Login{trusting(false), mechanism, os.Getenv("WEIR_USER"), password}
			topic := "go-" + mechanism + "-" + run
			if err := greeted(name, os.Getenv("WEIR_SASL_SSL"), topic, &how); err != nil {
				return fmt.Errorf("%s: %w", mechanism, err)
			}
			how.Password = "wrong"
			if greeted(name, os.Getenv("WEIR_SASL_SSL"), topic+"-wrong", &how) == nil {
				return fmt.Errorf("%s: a wrong password was taken", mechanism)
			}
		}
		return nil
	}
}

func tlsLogins(name string) func(Asked) error {
	return func(Asked) error {
		if err := greeted(name, os.Getenv("WEIR_SSL"), "go-tls-"+run, &Login{TLS: trusting(true)}); err != nil {
			return err
		}
		if greeted(name, os.Getenv("WEIR_SSL"), "go-tls-without-"+run, &Login{TLS: trusting(false)}) == nil {
			return errors.New("served without a certificate")
		}
		return nil
	}
}

// restarted has the broker killed while records are sent one after the other and a group reads them. What was
// acknowledged is there afterwards, in order, and the group goes on by itself. `once`: no record is there twice.
func restarted(once bool) func(Asked) error {
	return func(c Asked) error {
		topic := "go-restart-" + run
		if err := c.Create(topic, 1); err != nil {
			return err
		}
		var mutex sync.Mutex
		seen := map[string]bool{}
		member, err := enter(c, topic+"-group", topic, func(r Record) {
			mutex.Lock()
			defer mutex.Unlock()
			// Readers of everything know by it where that is.
			if string(r.Value) != "end" {
				seen[string(r.Value)] = true
			}
		})
		if err != nil {
			return err
		}
		defer member.stop()
		if err := shared(1, member); err != nil {
			return err
		}
		write, stop, err := c.Writer()
		if err != nil {
			return err
		}
		defer stop()
		const total = 400
		var done, isBack atomic.Int64
		failure := make(chan error, 1)
		go func() {
			for i := 0; i < total; i++ {
				// The rest is for a broker that is back.
				if i == total-50 {
					if err := await(func() bool { return isBack.Load() == 1 }, func() string { return "nobody restarted it" }); err != nil {
						failure <- err
						return
					}
				}
				if err := write(topic, fmt.Sprint(i)); err != nil {
					failure <- fmt.Errorf("record %d: %w", i, err)
					return
				}
				done.Add(1)
			}
			failure <- nil
		}()
		if err := await(func() bool { return done.Load() > 20 || len(failure) > 0 }, func() string { return "nothing was sent" }); err != nil {
			return err
		}
		fmt.Println("RESTART")
		if line, _ := bufio.NewReader(os.Stdin).ReadString('\n'); line != "restarted\n" {
			return errors.New("nobody restarted the broker")
		}
		isBack.Store(1)
		if err := <-failure; err != nil {
			return err
		}
		got, err := c.ReadCommitted(topic)
		if err != nil {
			return err
		}
		if !once {
			var distinct []string
			for i, each := range got {
				if i == 0 || got[i-1] != each {
					distinct = append(distinct, each)
				}
			}
			got = distinct
		}
		if err := wrong("log", got, numbered(total)); err != nil {
			return err
		}
		count := func() int {
			mutex.Lock()
			defer mutex.Unlock()
			return len(seen)
		}
		return await(func() bool { return count() == total }, func() string { return fmt.Sprintf("the group saw %d", count()) })
	}
}

// matrix is every scenario of a client, common ones first.
func matrix(name, bootstrap string) []scenario {
	asked := func(work func(Asked) error) func(Client) error {
		return func(c Client) error { return work(c.(Asked)) }
	}
	common := []scenario{{"admin-topics", asked(adminTopics)}, {"admin-configs", asked(adminConfigs)},
		{"admin-groups", asked(adminGroups)}, {"admin-offsets", asked(adminOffsets)}, {"admin-acls", asked(adminAcls)},
		{"admin-scram", asked(adminScram)}, {"admin-quotas", asked(adminQuotas)}, {"sasl", asked(saslLogins(name))},
		{"tls", asked(tlsLogins(name))}, {"restart", asked(restarted(name != "kafka-go"))}}
	return append(common, clients[name](bootstrap).(Asked).Matrix()...)
}
