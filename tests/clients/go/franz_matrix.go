// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// franzOptions is what every connection needs: the address, and the login of the moment.
func franzOptions(bootstrap string) []kgo.Opt {
	options := []kgo.Opt{kgo.SeedBrokers(bootstrap)}
	if login == nil {
		return options
	}
	// A refused login would be tried for ever.
	options = append(options, kgo.DialTLSConfig(login.TLS), kgo.RetryTimeout(5*time.Second),
		kgo.RecordDeliveryTimeout(20*time.Second))
	switch login.Mechanism {
	case "PLAIN":
		options = append(options, kgo.SASL(plain.Auth{User: login.User, Pass: login.Password}.AsMechanism()))
	case "SCRAM-SHA-256":
		options = append(options, kgo.SASL(scram.Auth{User: login.User, Pass: login.Password}.AsSha256Mechanism()))
	case "SCRAM-SHA-512":
		options = append(options, kgo.SASL(scram.Auth{User: login.User, Pass: login.Password}.AsSha512Mechanism()))
	}
	return options
}

func (f *franz) Joining(how string) Client {
	joining := newFranz(f.bootstrap).(*franz)
	if id, isStatic := strings.CutPrefix(how, "static:"); isStatic {
		joining.joining = []kgo.Opt{kgo.InstanceID(id), kgo.SessionTimeout(30 * time.Second)}
	} else if how == "cooperative" {
		joining.joining = []kgo.Opt{kgo.Balancers(kgo.CooperativeStickyBalancer())}
	} else {
		joining.joining = []kgo.Opt{kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer())}
	}
	return joining
}

func (f *franz) ReadCommitted(topic string) ([]string, error) {
	ends, err := f.admin.ListCommittedOffsets(context.Background(), topic)
	if err != nil {
		return nil, err
	}
	end, _ := ends.Lookup(topic, 0)
	client, err := kgo.NewClient(append(franzOptions(f.bootstrap), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}))...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var got []string
	for last := int64(-1); last < end.Offset-1; {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return got, err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			last = r.Offset
			if !r.Attrs.IsControl() {
				got = append(got, string(r.Value))
			}
		})
	}
	return got, nil
}

func (f *franz) Writer() (func(topic, value string) error, func(), error) {
	client, err := kgo.NewClient(append(franzOptions(f.bootstrap), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		return nil, nil, err
	}
	return func(topic, value string) error {
		return client.ProduceSync(context.Background(), &kgo.Record{Topic: topic, Value: []byte(value)}).FirstErr()
	}, client.Close, nil
}

func (f *franz) AlterOffsets(group, topic string, offsets map[int32]int64) error {
	return f.Commit(group, topic, offsets)
}

func (f *franz) DeleteGroup(group string) error {
	answer, err := f.admin.DeleteGroup(context.Background(), group)
	return errors.Join(err, answer.Err)
}

func (f *franz) Groups() ([]string, error) {
	all, err := f.admin.ListGroups(context.Background())
	return all.Groups(), err
}

func (f *franz) GroupState(group string) (string, []string, error) {
	all, err := f.admin.DescribeGroups(context.Background(), group)
	if err != nil {
		return "", nil, err
	}
	var ids []string
	for _, member := range all[group].Members {
		ids = append(ids, member.ClientID)
	}
	return all[group].State, ids, all[group].Err
}

func (f *franz) Grow(topic string, partitions int32) error {
	answer, err := f.admin.UpdatePartitions(context.Background(), int(partitions), topic)
	return errors.Join(err, answer[topic].Err)
}

func (f *franz) Partitions(topic string) (int, error) {
	all, err := f.admin.ListTopics(context.Background(), topic)
	return len(all[topic].Partitions), err
}

func (f *franz) Alter(topic, operation, key, value string) error {
	change := kadm.AlterConfig{Op: map[string]kadm.IncrementalOp{"set": kadm.SetConfig, "append": kadm.AppendConfig,
		"subtract": kadm.SubtractConfig, "delete": kadm.DeleteConfig}[operation], Name: key, Value: &value}
	answers, err := f.admin.AlterTopicConfigs(context.Background(), []kadm.AlterConfig{change}, topic)
	if err != nil {
		return err
	}
	return answers[0].Err
}

func (f *franz) Config(topic, key string) (string, int, []string, error) {
	all, err := f.admin.DescribeTopicConfigs(context.Background(), topic)
	if err != nil {
		return "", 0, nil, err
	}
	for _, each := range all[0].Configs {
		if each.Key == key {
			var synonyms []string
			for _, synonym := range each.Synonyms {
				synonyms = append(synonyms, fmt.Sprintf("%s=%s", synonym.Key, *synonym.Value))
			}
			return *each.Value, int(each.Source), synonyms, nil
		}
	}
	return "", 0, nil, fmt.Errorf("no setting %s", key)
}

func (f *franz) AddAcls(topic string) error {
	allow := kadm.NewACLs().Topics(topic).Allow("User:zoe").AllowHosts("*").Operations(kadm.OpRead).
		ResourcePatternType(kadm.ACLPatternLiteral)
	deny := kadm.NewACLs().Topics(topic).Deny("User:zoe").DenyHosts("*").Operations(kadm.OpWrite).
		ResourcePatternType(kadm.ACLPatternPrefixed)
	for _, rules := range []*kadm.ACLBuilder{allow, deny} {
		answers, err := f.admin.CreateACLs(context.Background(), rules)
		if err != nil {
			return err
		}
		for _, answer := range answers {
			if answer.Err != nil {
				return answer.Err
			}
		}
	}
	return nil
}

func franzRules(topic string) *kadm.ACLBuilder {
	return kadm.NewACLs().Topics(topic).Allow().AllowHosts().Deny().DenyHosts().Operations().
		ResourcePatternType(kadm.ACLPatternAny)
}

func (f *franz) Acls(topic string) (int, error) {
	answers, err := f.admin.DescribeACLs(context.Background(), franzRules(topic))
	found := map[string]bool{}
	for _, answer := range answers {
		err = errors.Join(err, answer.Err)
		for _, rule := range answer.Described {
			found[fmt.Sprint(rule)] = true
		}
	}
	return len(found), err
}

func (f *franz) RemoveAcls(topic string) (int, error) {
	answers, err := f.admin.DeleteACLs(context.Background(), franzRules(topic))
	removed := map[string]bool{}
	for _, answer := range answers {
		err = errors.Join(err, answer.Err)
		for _, rule := range answer.Deleted {
			removed[fmt.Sprint(rule)] = true
		}
	}
	return len(removed), err
}

func (f *franz) SetScram(user string) error {
	answers, err := f.admin.AlterUserSCRAMs(context.Background(), nil,
		[]kadm.UpsertSCRAM{{User: user, Mechanism: kadm.ScramSha512, Iterations: 8192, Password: "secret"}})
	return errors.Join(err, answers[user].Err)
}

func (f *franz) Scram(user string) ([]int, error) {
	answers, err := f.admin.DescribeUserSCRAMs(context.Background(), user)
	var found []int
	for _, each := range answers[user].CredInfos {
		found = append(found, int(each.Iterations))
	}
	return found, errors.Join(err, answers[user].Err)
}

func (f *franz) RemoveScram(user string) error {
	answers, err := f.admin.AlterUserSCRAMs(context.Background(), []kadm.DeleteSCRAM{{User: user, Mechanism: kadm.ScramSha512}}, nil)
	return errors.Join(err, answers[user].Err)
}

func (f *franz) quota(clientID string, op kadm.AlterClientQuotaOp) error {
	answers, err := f.admin.AlterClientQuotas(context.Background(), []kadm.AlterClientQuotaEntry{{
		Entity: kadm.ClientQuotaEntity{{Type: "client-id", Name: &clientID}}, Ops: []kadm.AlterClientQuotaOp{op}}})
	for _, answer := range answers {
		err = errors.Join(err, answer.Err)
	}
	return err
}

func (f *franz) SetQuota(clientID string, bytes float64) error {
	return f.quota(clientID, kadm.AlterClientQuotaOp{Key: "producer_byte_rate", Value: bytes})
}

func (f *franz) RemoveQuota(clientID string) error {
	return f.quota(clientID, kadm.AlterClientQuotaOp{Key: "producer_byte_rate", Remove: true})
}

func (f *franz) Quota(clientID string) (float64, error) {
	answers, err := f.admin.DescribeClientQuotas(context.Background(), true,
		[]kadm.DescribeClientQuotaComponent{{Type: "client-id", MatchName: &clientID, MatchType: kmsg.QuotasMatchTypeExact}})
	if err != nil || len(answers) == 0 {
		return 0, err
	}
	return answers[0].Values[0].Value, nil
}

func (f *franz) transactional(id string) (*kgo.Client, error) {
	return kgo.NewClient(append(franzOptions(f.bootstrap), kgo.TransactionalID(id),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
}

func franzTransactions(c Asked) error {
	f, topic, ctx := c.(*franz), "go-txn-"+run, context.Background()
	if err := f.Create(topic, 1); err != nil {
		return err
	}
	producer, err := f.transactional("go-txn-" + run)
	if err != nil {
		return err
	}
	defer producer.Close()
	for text, commits := range map[string]kgo.TransactionEndTry{"a": true, "b": false} {
		if err := producer.BeginTransaction(); err != nil {
			return err
		}
		if err := producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(text)}).FirstErr(); err != nil {
			return err
		}
		if err := producer.EndTransaction(ctx, commits); err != nil {
			return err
		}
	}
	return whole(c, topic, []string{"a"})
}

func franzFencing(c Asked) error {
	f, topic, ctx := c.(*franz), "go-fence-"+run, context.Background()
	if err := f.Create(topic, 1); err != nil {
		return err
	}
	old, err := f.transactional("go-fence-" + run)
	if err != nil {
		return err
	}
	defer old.Close()
	write := func(client *kgo.Client, text string) error {
		return client.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(text)}).FirstErr()
	}
	if err := errors.Join(old.BeginTransaction(), write(old, "of the old one")); err != nil {
		return err
	}
	young, err := f.transactional("go-fence-" + run)
	if err != nil {
		return err
	}
	defer young.Close()
	if err := errors.Join(young.BeginTransaction(), write(young, "of the new one")); err != nil {
		return err
	}
	if errors.Join(write(old, "too late"), old.EndTransaction(ctx, kgo.TryCommit)) == nil {
		return errors.New("the older producer was not fenced")
	}
	if err := young.EndTransaction(ctx, kgo.TryCommit); err != nil {
		return err
	}
	return whole(c, topic, []string{"of the new one"})
}

func franzShare(c Asked) error {
	f, topic, group, ctx := c.(*franz), "go-share-"+run, "go-share-group-"+run, context.Background()
	if err := f.Create(topic, 1); err != nil {
		return err
	}
	request, earliest := kmsg.NewPtrIncrementalAlterConfigsRequest(), "earliest"
	resource := kmsg.NewIncrementalAlterConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeGroupConfig, group
	config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
	config.Name, config.Value = "share.auto.offset.reset", &earliest
	resource.Configs = append(resource.Configs, config)
	request.Resources = append(request.Resources, resource)
	if _, err := request.RequestWith(ctx, f.client); err != nil {
		return err
	}
	if err := send(c, topic, numbered(30)...); err != nil {
		return err
	}
	client, err := kgo.NewClient(append(franzOptions(f.bootstrap), kgo.ShareGroup(group), kgo.ConsumeTopics(topic))...)
	if err != nil {
		return err
	}
	defer client.Close()
	released, accepted := map[string]int32{}, map[string]bool{}
	deadline, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for len(accepted) < 30 && deadline.Err() == nil {
		client.PollFetches(deadline).EachRecord(func(r *kgo.Record) {
			value := string(r.Value)
			if _, again := released[value]; strings.HasSuffix(value, "3") && !again {
				released[value] = r.DeliveryCount()
				r.Ack(kgo.AckRelease)
				return
			}
			if before, again := released[value]; again && r.DeliveryCount() != before+1 {
				released[value] = -100
			}
			accepted[value] = true
			r.Ack(kgo.AckAccept)
		})
		if err := client.FlushAcks(deadline); err != nil {
			return err
		}
	}
	return wrong("deliveries", fmt.Sprint(len(accepted), released), fmt.Sprint(30, map[string]int32{"3": 1, "13": 1, "23": 1}))
}

func franzOpenTransactions(c Asked) error {
	f, topic, ctx, id := c.(*franz), "go-open-"+run, context.Background(), "go-open-"+run
	if err := f.Create(topic, 1); err != nil {
		return err
	}
	producer, err := f.transactional(id)
	if err != nil {
		return err
	}
	defer producer.Close()
	if err := errors.Join(producer.BeginTransaction(),
		producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("open")}).FirstErr()); err != nil {
		return err
	}
	listed, err := f.admin.ListTransactions(ctx, nil, []string{"Ongoing"})
	if err != nil || listed[id].State != "Ongoing" {
		return fmt.Errorf("listed %v: %w", listed[id], err)
	}
	described, err := f.admin.DescribeTransactions(ctx, id)
	if err != nil {
		return err
	}
	topics := kadm.TopicsSet{}
	topics.Add(topic, 0)
	producers, err := f.admin.DescribeProducers(ctx, topics)
	if err != nil {
		return err
	}
	active := producers.SortedProducers()
	if len(active) != 1 || active[0].ProducerID != described[id].ProducerID {
		return fmt.Errorf("producers %v", active)
	}
	answer, err := f.admin.WriteTxnMarkers(ctx, kadm.TxnMarkers{ProducerID: active[0].ProducerID,
		ProducerEpoch: active[0].ProducerEpoch, CoordinatorEpoch: max(active[0].CoordinatorEpoch, 0), Topics: topics})
	if err != nil {
		return err
	}
	for _, each := range answer.SortedPartitions() {
		if each.Err != nil {
			return each.Err
		}
	}
	return whole(c, topic, nil)
}

func franzLogDirs(c Asked) error {
	f, topic := c.(*franz), "go-dirs-"+run
	if err := errors.Join(f.Create(topic, 1), send(c, topic, strings.Repeat("x", 1000))); err != nil {
		return err
	}
	all, err := f.admin.DescribeAllLogDirs(context.Background(), nil)
	if err != nil {
		return err
	}
	size := int64(0)
	all.Each(func(dir kadm.DescribedLogDir) {
		dir.Topics.Each(func(p kadm.DescribedLogDirPartition) {
			if p.Topic == topic {
				size += p.Size
			}
		})
	})
	if size < 1000 {
		return fmt.Errorf("a size of %d", size)
	}
	return nil
}

func (f *franz) Matrix() []scenario {
	asked := func(work func(Asked) error) func(Client) error {
		return func(c Client) error { return work(c.(Asked)) }
	}
	return []scenario{{"idempotence", asked(idempotence)}, {"transactions", asked(franzTransactions)},
		{"fencing", asked(franzFencing)}, {"static", asked(static)}, {"cooperative", asked(churned("cooperative"))},
		{"kip848", asked(churned("consumer"))}, {"share", asked(franzShare)},
		{"admin-transactions", asked(franzOpenTransactions)}, {"admin-log-dirs", asked(franzLogDirs)}}
}
