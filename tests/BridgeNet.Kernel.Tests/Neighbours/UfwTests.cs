using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>The real ufw beside our networks, over both variants of iptables.</summary>
public sealed class UfwTests
{
    public static TheoryData<string, string> Cases =>
        [.. from ours in EngineSpace.Backends from variant in (string[])["nft", "legacy"] select (ours.Data, variant)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_enabled_reloaded_disabled_and_reset(string ours, string variant)
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(
            space,
            ours,
            lab =>
            {
                Ufw ufw = new(variant);
                int blocks = Blocks(ours, variant) ? 2 : 0;
                // What was advised at first survives the rest.
                foreach (string act in (string[])["--force enable", "reload", "allow 22/tcp", "disable", "--force enable", "--force reset"])
                {
                    ufw.Run(act);
                    Assert.Empty(lab.Drift(DriftKind.Rule));
                    Assert.Equal(blocks, lab.After($"ufw {act}", static () => { }).Count);
                    blocks = 0;
                }
            }
        );
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_was_there_before_the_networks(string ours, string variant)
    {
        using PrivateNamespace space = new();
        space.Run(() => new Ufw(variant).Run("--force enable"));
        NeighbourLab.In(
            space,
            ours,
            lab =>
            {
                Assert.Empty(lab.Drift(DriftKind.Rule));
                Assert.Equal(Blocks(ours, variant) ? 2 : 0, lab.After("the networks are there", static () => { }).Count);
            }
        );
    }

    /// <summary>Rules that ufw keeps let our networks through as the advice does.</summary>
    [Fact]
    public void Its_own_route_rules_are_enough()
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(
            space,
            "nftables",
            lab =>
            {
                Ufw ufw = new("nft");
                ufw.Run("--force enable");
                Assert.Equal(2, lab.Drift(DriftKind.ForeignRule).Length);
                foreach (string network in (string[])["net", "other"])
                {
                    string bridge = lab.Lab.Engine.FindNetwork(network).BridgeName!;
                    ufw.Run($"route allow in on {bridge}");
                    ufw.Run($"route allow out on {bridge}");
                }
                lab.Check("with ufw route");
            }
        );
    }

    /// <summary>Where iptables itself is the older variant, our rules and ufw's are in the same tables.</summary>
    [Fact]
    public void With_the_older_iptables_ours_come_first()
    {
        using PrivateNamespace space = new();
        Variant.UseLegacy(space);
        NeighbourLab.In(
            space,
            "iptables",
            lab =>
            {
                Ufw ufw = new("legacy");
                Assert.Empty(lab.After("it is enabled", () => ufw.Run("--force enable")));
                Assert.Empty(lab.After("it is reloaded", () => ufw.Run("reload")));
                Assert.Empty(lab.After("it is reset", () => ufw.Run("--force reset")));
            }
        );
    }

    /// <summary>Whether ufw's rules come besides ours, in both families: else they are in chains at whose head ours are.</summary>
    private static bool Blocks(string ours, string variant) => ours == "nftables" || variant == "legacy";
}
