using BridgeNet.Firewall;
using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Core.Tests.Firewall.Networks;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>Networks as elements of sets: what nf_tables is told of each combination of options.</summary>
public sealed class NftablesPlanTests
{
    private static readonly FirewallNetwork[] s_all = [.. Combinations("br-aaaaaaaaaaaa", 1)];

    [Fact]
    public void The_printed_commands_are_valid()
    {
        using NftablesBackend backend = new();
        Assert.Equal(
            [
                "nft delete element inet bridgenet snat-net4 { 10.1.0.0/16 : 192.0.2.1 }",
                "nft add element inet bridgenet masquerade-net4 { 10.1.0.0/16 }",
                "nft add element inet bridgenet published4 { 10.1.0.2 . tcp . 80 }",
                "nft add element inet bridgenet own4 { 10.1.0.2 . 10.1.0.2 }",
                "nft add element inet bridgenet publish-any4 { tcp . 8080 : 10.1.0.2 . 80 }",
                "nft add element inet bridgenet publish-one4 { 127.0.0.1 . tcp . 9090 : 10.1.0.2 . 80 }",
            ],
            backend.Describe(
                [With(subnet => subnet.Network == Subnet4 ? subnet with { Snat = System.Net.IPAddress.Parse("192.0.2.1") } : subnet)],
                [A with { Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80), Port("127.0.0.1", 9090, "10.1.0.2", 80)] }]
            )
        );
    }

    [Fact]
    public void The_undo_removes_added_and_adds_removed_elements()
    {
        using NftablesBackend backend = new();
        foreach (FirewallNetwork before in s_all)
        {
            foreach (FirewallNetwork after in s_all.Where((_, number) => number % 7 == 0))
            {
                IEnumerable<string> there = backend
                    .Describe([before], [after])
                    .Select(line => line.Replace("nft add", "nft -").Replace("nft delete", "nft add").Replace("nft -", "nft delete"));
                Assert.Equal(there.Order(StringComparer.Ordinal), backend.Describe([after], [before]).Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public void Elements_fit_the_sets_they_are_for()
    {
        Dictionary<string, NftSet> sets = NftablesPlan.Sets.ToDictionary(set => set.Name);
        Assert.All(
            s_all.SelectMany(NftablesPlan.ElementsOf),
            element =>
            {
                NftSet set = sets[element.Set];
                Assert.Equal(
                    (set.KeyLength, set.IsMap ? set.DataLength : null, set.IsOfRanges ? set.KeyLength : null),
                    (element.Key.Length, element.Data?.Length, element.End?.Length)
                );
            }
        );
    }

    [Fact]
    public void Elements_of_the_same_text_have_the_same_bytes_and_others_others()
    {
        IEnumerable<NftElement> elements = s_all.SelectMany(NftablesPlan.ElementsOf);
        Assert.All(elements.GroupBy(element => (element.Set, element.Text)), same => Assert.Single(same.Select(Bytes).Distinct()));
        Assert.All(
            elements.GroupBy(element => (element.Set, Bytes(element))),
            same => Assert.Single(same.Select(element => element.Text).Distinct())
        );
    }

    [Fact]
    public void Every_set_is_used_by_some_network() =>
        Assert.Equal(
            NftablesPlan.Sets.Select(set => set.Name).Order(),
            s_all.SelectMany(NftablesPlan.ElementsOf).Select(element => element.Set).Distinct().Order()
        );

    [Fact]
    public void An_internal_network_has_nothing_of_the_world_outside() =>
        Assert.All(
            s_all.Where(network => network.Internal),
            network => Assert.All(NftablesPlan.ElementsOf(network), element => Assert.Contains(element.Set, (string[])["bridges"]))
        );

    private static string Bytes(NftElement element) => Convert.ToHexString([.. element.Key, .. element.Data ?? [], .. element.End ?? []]);
}
