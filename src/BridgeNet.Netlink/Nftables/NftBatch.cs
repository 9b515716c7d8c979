using BridgeNet.Netlink;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>Changes to one table in one transaction.</summary>
public sealed class NftBatch(string table, byte family = NFPROTO_INET)
{
    // An attribute has at most 64 KiB, an element at most 100 bytes.
    private const int ElementsPerMessage = 600;

    private readonly List<(ushort Type, ushort Flags, Action<NetlinkWriter> Content)> _changes = [];

    /// <summary>Adds the table; an existing one stays unchanged.</summary>
    public NftBatch AddTable() => Add(NFT_MSG_NEWTABLE, NLM_F_CREATE, message => message.String(NFTA_TABLE_NAME, table));

    /// <summary>Activates a dormant table.</summary>
    public NftBatch WakeTable() =>
        Add(NFT_MSG_NEWTABLE, 0, message => message.String(NFTA_TABLE_NAME, table).UInt32Network(NFTA_TABLE_FLAGS, 0));

    /// <summary>Deletes the table with its contents.</summary>
    public NftBatch DeleteTable() => Add(NFT_MSG_DELTABLE, 0, message => message.String(NFTA_TABLE_NAME, table));

    /// <summary>Adds a chain for jumps; an existing one stays unchanged.</summary>
    public NftBatch AddChain(string name) =>
        Add(NFT_MSG_NEWCHAIN, NLM_F_CREATE, message => message.String(NFTA_CHAIN_TABLE, table).String(NFTA_CHAIN_NAME, name));

    /// <summary>Adds a base chain, with the policy accept.</summary>
    public NftBatch AddBaseChain(string name, string type, uint hook, int priority) =>
        Add(
            NFT_MSG_NEWCHAIN,
            NLM_F_CREATE,
            message =>
                message
                    .String(NFTA_CHAIN_TABLE, table)
                    .String(NFTA_CHAIN_NAME, name)
                    .Nested(
                        NFTA_CHAIN_HOOK,
                        nested => nested.UInt32Network(NFTA_HOOK_HOOKNUM, hook).UInt32Network(NFTA_HOOK_PRIORITY, (uint)priority)
                    )
                    .UInt32Network(NFTA_CHAIN_POLICY, NF_ACCEPT)
                    .String(NFTA_CHAIN_TYPE, type)
        );

    /// <summary>Adds an ingress chain for one link, with the policy accept.</summary>
    public NftBatch AddDeviceChain(NftChain chain) =>
        Add(
            NFT_MSG_NEWCHAIN,
            NLM_F_CREATE,
            message =>
                message
                    .String(NFTA_CHAIN_TABLE, table)
                    .String(NFTA_CHAIN_NAME, chain.Name)
                    .Nested(
                        NFTA_CHAIN_HOOK,
                        nested =>
                            nested
                                .UInt32Network(NFTA_HOOK_HOOKNUM, chain.Hook!.Value)
                                .UInt32Network(NFTA_HOOK_PRIORITY, (uint)chain.Priority)
                                .String(NFTA_HOOK_DEV, chain.Device)
                    )
                    .UInt32Network(NFTA_CHAIN_POLICY, NF_ACCEPT)
                    .String(NFTA_CHAIN_TYPE, chain.Type)
        );

    /// <summary>
    /// Adds a set; each set of a batch needs a unique <paramref name="id"/>, which rules of the batch use to refer to it.
    /// </summary>
    public NftBatch AddSet(NftSet set, uint id) =>
        Add(
            NFT_MSG_NEWSET,
            NLM_F_CREATE,
            message =>
            {
                message
                    .String(NFTA_SET_TABLE, table)
                    .String(NFTA_SET_NAME, set.Name)
                    .UInt32Network(NFTA_SET_FLAGS, (set.IsMap ? NFT_SET_MAP : 0) | (set.IsOfRanges ? NFT_SET_INTERVAL : 0))
                    .UInt32Network(NFTA_SET_KEY_TYPE, set.KeyType)
                    .UInt32Network(NFTA_SET_KEY_LEN, (uint)set.KeyLength);
                if (set.IsMap)
                    message.UInt32Network(NFTA_SET_DATA_TYPE, set.DataType).UInt32Network(NFTA_SET_DATA_LEN, (uint)set.DataLength);
                message.UInt32Network(NFTA_SET_ID, id).Bytes(NFTA_SET_USERDATA, KeyByteOrder(set));
            }
        );

    /// <summary>Adds a rule at the end of a chain.</summary>
    public NftBatch AddRule(string chain, params IReadOnlyList<NftExpression> expressions) =>
        Add(
            NFT_MSG_NEWRULE,
            NLM_F_CREATE | NLM_F_APPEND,
            message =>
                message
                    .String(NFTA_RULE_TABLE, table)
                    .String(NFTA_RULE_CHAIN, chain)
                    .Nested(
                        NFTA_RULE_EXPRESSIONS,
                        list =>
                        {
                            foreach (NftExpression expression in expressions)
                                expression(list);
                        }
                    )
        );

    /// <summary>Deletes a rule by its handle.</summary>
    public NftBatch DeleteRule(string chain, ulong handle) =>
        Add(
            NFT_MSG_DELRULE,
            0,
            message => message.String(NFTA_RULE_TABLE, table).String(NFTA_RULE_CHAIN, chain).UInt64Network(NFTA_RULE_HANDLE, handle)
        );

    /// <summary>Deletes a chain; the kernel refuses if a rule jumps to it (EBUSY).</summary>
    public NftBatch DeleteChain(string name) =>
        Add(NFT_MSG_DELCHAIN, 0, message => message.String(NFTA_CHAIN_TABLE, table).String(NFTA_CHAIN_NAME, name));

    /// <summary>Deletes all rules of chains.</summary>
    public NftBatch FlushChains(params IReadOnlyList<string> chains) =>
        chains.Aggregate(
            this,
            (batch, chain) =>
                batch.Add(NFT_MSG_DELRULE, 0, message => message.String(NFTA_RULE_TABLE, table).String(NFTA_RULE_CHAIN, chain))
        );

    /// <summary>Deletes all elements of sets.</summary>
    public NftBatch FlushSets(params IReadOnlyList<string> sets) =>
        sets.Aggregate(
            this,
            (batch, set) =>
                batch.Add(
                    NFT_MSG_DELSETELEM,
                    0,
                    message => message.String(NFTA_SET_ELEM_LIST_TABLE, table).String(NFTA_SET_ELEM_LIST_SET, set)
                )
        );

    /// <summary>Adds elements; existing ones stay unchanged.</summary>
    public NftBatch AddElements(IEnumerable<NftElement> elements) => Elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, elements);

    /// <summary>Deletes elements; a missing one fails the batch (ENOENT).</summary>
    public NftBatch DeleteElements(IEnumerable<NftElement> elements) => Elements(NFT_MSG_DELSETELEM, 0, elements);

    /// <exception cref="NetlinkException">The kernel refused one of the changes, and applied none.</exception>
    public void Commit(NetlinkConnection netlink, string operation) => Send(netlink, operation, made: true);

    /// <summary>Checks the changes without applying them, as <c>nft --check</c> does: a batch without its end is rolled back.</summary>
    /// <exception cref="NetlinkException">The kernel would reject one of them.</exception>
    public void Check(NetlinkConnection netlink, string operation) => Send(netlink, operation, made: false);

    private void Send(NetlinkConnection netlink, string operation, bool made)
    {
        if (_changes.Count == 0)
            return;
        netlink.ExecuteBatch(
            operation,
            (writer, next) =>
            {
                // The end has no sequence number: the ack of the last change includes it.
                NfGenMsg batch = new(0, 0, (ushort)System.Net.IPAddress.HostToNetworkOrder((short)NFNL_SUBSYS_NFTABLES));
                writer.Message(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, next()).Struct(batch);
                for (int i = 0; i < _changes.Count; i++)
                {
                    (ushort type, ushort flags, Action<NetlinkWriter> content) = _changes[i];
                    // The kernel reports the error of any change; acks of all would overflow the socket's buffer after some hundreds.
                    ushort ack = i == _changes.Count - 1 ? NLM_F_ACK : (ushort)0;
                    content(
                        writer.Message(MessageType(type), (ushort)(NLM_F_REQUEST | ack | flags), next()).Struct(new NfGenMsg(family, 0, 0))
                    );
                }
                if (made)
                    writer.Message(NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0).Struct(batch);
            }
        );
    }

    /// <summary>The type of an nf_tables message.</summary>
    public static ushort MessageType(ushort type) => (ushort)((NFNL_SUBSYS_NFTABLES << 8) | type);

    /// <summary>
    /// User data for nft: without the byte order of the keys, it prints names in a set as empty, and it needs the order for ranges.
    /// Concatenated keys have none.
    /// </summary>
    private static byte[] KeyByteOrder(NftSet set) =>
        [
            NFTNL_UDATA_SET_KEYBYTEORDER,
            sizeof(uint),
            .. BitConverter.GetBytes(
                set.KeyType == TYPE_IFNAME ? BYTEORDER_HOST_ENDIAN
                : set.IsOfRanges ? BYTEORDER_BIG_ENDIAN
                : 0u
            ),
        ];

    private NftBatch Elements(ushort type, ushort flags, IEnumerable<NftElement> elements)
    {
        foreach (IGrouping<string, NftElement> set in elements.GroupBy(static element => element.Set))
        {
            foreach (NftElement[] some in set.Chunk(ElementsPerMessage))
                Add(type, flags, message => Elements(message, set.Key, some));
        }
        return this;
    }

    private void Elements(NetlinkWriter message, string set, NftElement[] elements) =>
        message
            .String(NFTA_SET_ELEM_LIST_TABLE, table)
            .String(NFTA_SET_ELEM_LIST_SET, set)
            .Nested(
                NFTA_SET_ELEM_LIST_ELEMENTS,
                list =>
                {
                    foreach (NftElement element in elements)
                    {
                        list.Nested(
                            NFTA_LIST_ELEM,
                            item =>
                            {
                                item.Nested(NFTA_SET_ELEM_KEY, data => data.Bytes(NFTA_DATA_VALUE, element.Key));
                                if (element.Data is { } value)
                                    item.Nested(NFTA_SET_ELEM_DATA, data => data.Bytes(NFTA_DATA_VALUE, value));
                            }
                        );
                        if (element.End is { } end)
                            list.Nested(
                                NFTA_LIST_ELEM,
                                item =>
                                    item.Nested(NFTA_SET_ELEM_KEY, data => data.Bytes(NFTA_DATA_VALUE, end))
                                        .UInt32Network(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END)
                            );
                    }
                }
            );

    private NftBatch Add(ushort type, ushort flags, Action<NetlinkWriter> content)
    {
        _changes.Add((type, flags, content));
        return this;
    }
}
