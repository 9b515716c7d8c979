using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Firewall;

/// <summary>A table of this module in the kernel; each change is one batch.</summary>
/// <param name="shape">The constant part of the table.</param>
internal sealed class OwnTable(NftTableShape shape) : IDisposable
{
    // Opened in the namespace of the first use, like the session that owns this object.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));

    public NetlinkConnection Netlink => _netlink.Value;

    /// <summary>Whether the table exists; a kernel without nf_tables has none.</summary>
    public bool Exists
    {
        get
        {
            try
            {
                return NftTable.Exists(Netlink, shape.Family, shape.Name);
            }
            catch (NetlinkException)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Changes set elements; false, without any change, if the kernel lacks an element, or rules without which elements have no effect.
    /// </summary>
    public bool TryChange(ElementChange change)
    {
        try
        {
            if (!HasItsRules())
                return false;
            if (!change.IsEmpty)
                NewBatch().DeleteElements(change.Remove).AddElements(change.Add).Commit(Netlink, "nft -f (change elements)");
            return true;
        }
        // ENOENT: the table or an element is missing; EEXIST: a map has other data for the key.
        catch (NetlinkException failure) when (failure.Errno == ENOENT || failure.Errno == EEXIST)
        {
            return false;
        }
    }

    /// <summary>
    /// Replaces its contents by exactly these elements and the constant rules, whatever the table has; an admin's chain with rules stays.
    /// </summary>
    public void Rebuild(IEnumerable<NftElement> elements)
    {
        bool keepUser = UserHasRules();
        // The table is added first: deleting fails if it does not exist, and adding an existing table changes nothing.
        NftBatch batch = NewBatch().AddTable();
        batch = keepUser ? batch.WakeTable() : batch.DeleteTable().AddTable();
        for (int i = 0; i < shape.Sets.Count; i++)
            batch.AddSet(shape.Sets[i], (uint)i + 1);
        if (shape.UserChain is { } user)
            batch.AddChain(user);
        foreach (string chain in shape.Chains.Where(chain => shape.BaseChains.All(known => known.Name != chain)))
            batch.AddChain(chain);
        foreach (NftChain chain in shape.BaseChains)
            batch.AddBaseChain(chain.Name, chain.Type, chain.Hook!.Value, chain.Priority);
        if (keepUser)
            batch.FlushChains(shape.Chains).FlushSets([.. shape.Sets.Select(static set => set.Name)]);
        foreach (NftRule rule in shape.Rules)
            batch.AddRule(rule.Chain, rule.Expressions);
        batch.AddElements(elements).Commit(Netlink, Command);
    }

    /// <summary>Removes the table; if an admin's chain has rules, removes only our part.</summary>
    public void Remove()
    {
        if (UserHasRules())
            Rebuild([]);
        else
            NewBatch().AddTable().DeleteTable().Commit(Netlink, Command);
    }

    /// <summary>The differences between the table and its shape with exactly these elements.</summary>
    /// <param name="chains">All chains in the kernel.</param>
    /// <param name="elements">The desired set elements, each with the bridge of its network.</param>
    public IEnumerable<RuleDifference> Compare(IReadOnlyList<NftChain> chains, IEnumerable<(NftElement Element, string Bridge)> elements)
    {
        NftChain[] own = [.. chains.Where(IsOwn)];
        if (own.Length == 0)
            return [Differs("the table", "present", Missing)];
        ILookup<string, byte[]> rules = NftTable.Rules(Netlink, shape.Family, shape.Name);
        return
        [
            .. NftTable.IsDormant(Netlink, shape.Family, shape.Name) ? [Differs("the table", "active", "dormant")] : (RuleDifference[])[],
            .. CompareChains(own, hasAdminRules: shape.UserChain is { } user && rules[user].Any()),
            .. shape.Chains.Where(chain => own.Any(held => held.Name == chain)).SelectMany(chain => CompareRules(chain, [.. rules[chain]])),
            .. CompareSets(elements),
        ];
    }

    /// <summary>The difference if the table should not exist.</summary>
    public IEnumerable<RuleDifference> CompareWithNone() => Exists && !UserHasRules() ? [Differs("the table", "none", "present")] : [];

    /// <summary>The commands for <see cref="TryChange"/>.</summary>
    public IReadOnlyList<string> Describe(ElementChange change) =>
        [.. change.Remove.Select(element => Line("delete", element)), .. change.Add.Select(element => Line("add", element))];

    public void Dispose()
    {
        if (_netlink.IsValueCreated)
            _netlink.Value.Dispose();
    }

    private string Line(string verb, NftElement element) => $"nft {verb} element {shape} {element.Set} {{ {element.Text} }}";

    private NftBatch NewBatch() => new(shape.Name, shape.Family);

    private string Command => $"nft -f (table {shape})";

    private const string Missing = "missing";

    private RuleDifference Differs(string what, string expected, string actual) =>
        new($"nft table {shape}, {what}", expected, actual, Command);

    private bool IsOwn(NftChain chain) => chain.Family == shape.Family && chain.Table == shape.Name;

    /// <param name="own">The chains of the table.</param>
    /// <param name="hasAdminRules">Whether the admin has rules in the table; then unknown chains are the admin's.</param>
    private IEnumerable<RuleDifference> CompareChains(NftChain[] own, bool hasAdminRules)
    {
        string[] wanted = shape.UserChain is { } user ? [user, .. shape.Chains] : [.. shape.Chains];
        foreach (string name in wanted)
        {
            if (own.FirstOrDefault(chain => chain.Name == name) is not { } held)
                yield return Differs($"chain {name}", "present", Missing);
            else if (shape.BaseChains.FirstOrDefault(chain => chain.Name == name) is { } hooked && held != hooked)
                yield return Differs($"chain {name}", InWords(hooked), InWords(held));
        }
        if (hasAdminRules)
            yield break;
        foreach (NftChain other in own.Where(chain => !wanted.Contains(chain.Name)))
            yield return Differs($"chain {other.Name}", "no such chain", "present");
    }

    private static string InWords(NftChain chain) =>
        chain.Hook is { } hook
            ? $"type {chain.Type} hook {hook} priority {chain.Priority} policy {(chain.Policy == NF_DROP ? "drop" : "accept")}"
            : "no hook";

    private IEnumerable<RuleDifference> CompareRules(string chain, IReadOnlyList<byte[]> held)
    {
        NftRule[] wanted = [.. shape.Rules.Where(rule => rule.Chain == chain)];
        bool Same(int place, int rule) => NftHeldRule.Is(held[place], wanted[rule].Expressions);
        if (held.Count != wanted.Length)
            yield return Differs($"chain {chain}", $"{wanted.Length} rules", $"{held.Count}");
        else if (Enumerable.Range(0, wanted.Length).FirstOrDefault(i => !Same(i, i), -1) is >= 0 and int changed)
            yield return Enumerable.Range(0, wanted.Length).All(rule => Enumerable.Range(0, held.Count).Any(place => Same(place, rule)))
                ? Differs($"chain {chain}", "its rules in their order", "another order")
                : Differs($"chain {chain}", "its rules", $"rule {changed + 1} is different");
    }

    private IEnumerable<RuleDifference> CompareSets(IEnumerable<(NftElement Element, string Bridge)> elements)
    {
        ILookup<string, (NftElement Element, string Bridge)> wanted = elements
            .DistinctBy(static one => one.Element)
            .ToLookup(static one => one.Element.Set);
        foreach (NftSet set in shape.Sets)
        {
            if (NftTable.Elements(Netlink, shape.Family, shape.Name, set.Name) is not { } held)
            {
                yield return Differs($"set {set.Name}", "present", Missing);
                continue;
            }
            // nft adds an end element before the first range of a set.
            Dictionary<string, string> data = held.Where(static element => !element.IsEnd || element.Key.Any(static part => part != 0))
                .ToDictionary(static element => KeyText(element.Key, element.IsEnd), static element => Convert.ToHexString(element.Data));
            foreach ((NftElement element, string bridge) in wanted[set.Name])
            {
                bool ends = element.End is not { } end || data.Remove(KeyText(end, isEnd: true));
                if (!data.Remove(KeyText(element.Key, isEnd: false), out string? now) || !ends)
                    yield return Differs($"set {set.Name} {{ {element.Text} }}", "present", Missing) with
                    {
                        Bridge = bridge,
                    };
                else if (now != Convert.ToHexString(element.Data ?? []))
                    yield return Differs($"set {set.Name} {{ {element.Text} }}", "present", "another value for this key") with
                    {
                        Bridge = bridge,
                    };
            }
            if (data.Count > 0)
                yield return Differs($"set {set.Name}", "elements of our networks", $"{data.Count} more");
        }
    }

    private static string KeyText(byte[] key, bool isEnd) => Convert.ToHexString(key) + (isEnd ? " end" : "");

    /// <summary>
    /// Whether each chain has at least its number of rules, a cheap check; <see cref="Compare"/> checks the rules themselves.
    /// </summary>
    private bool HasItsRules()
    {
        IReadOnlyDictionary<string, uint> held = NftTable.Uses(Netlink, shape.Family, shape.Name);
        return shape.Uses.All(chain => held.TryGetValue(chain.Key, out uint use) && use >= chain.Value);
    }

    /// <summary>Whether the admin's chain has rules; false also if the chain does not exist.</summary>
    public bool UserHasRules() => shape.UserChain is { } user && NftTable.Rules(Netlink, shape.Family, shape.Name, user).Count > 0;
}

/// <summary>The elements that a change removes from the sets of a table, and those that it adds.</summary>
internal sealed record ElementChange(IReadOnlyList<NftElement> Remove, IReadOnlyList<NftElement> Add)
{
    public bool IsEmpty => Remove.Count + Add.Count == 0;

    public static ElementChange Between(IEnumerable<NftElement> before, IEnumerable<NftElement> after)
    {
        HashSet<NftElement> old = [.. before],
            wanted = [.. after];
        return new([.. old.Except(wanted)], [.. wanted.Except(old)]);
    }
}
