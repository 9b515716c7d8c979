using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>The real ufw beside our networks, over both variants of iptables.</summary>
public sealed class UfwTests
{
    public static TheoryData<string, string> Cases => [.. from ours in EngineSpace.Backends from variant in (string[])["nft", "legacy"] select (ours.Data, variant)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_enabled_reloaded_disabled_and_reset(string ours, string variant)
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(space, ours, lab =>
        {
            Ufw ufw = new(variant);
            int blocks = Blocks(ours, variant) ? 2 : 0;
            Assert.Equal(blocks, lab.After("it is enabled", () => ufw.Run("--force enable")).Count);
            Assert.Empty(lab.After("it is reloaded", () => ufw.Run("reload")));
            Assert.Empty(lab.After("a rule comes", () => ufw.Run("allow 22/tcp")));
            Assert.Empty(lab.After("it is disabled", () => ufw.Run("disable")));
            Assert.Empty(lab.After("it is enabled again", () => ufw.Run("--force enable")));
            Assert.Empty(lab.After("it is reset", () => ufw.Run("--force reset")));
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_was_there_before_the_networks(string ours, string variant)
    {
        using PrivateNamespace space = new();
        space.Run(() => new Ufw(variant).Run("--force enable"));
        NeighbourLab.In(space, ours, lab =>
        {
            Assert.Empty(lab.Drift(DriftKind.Rule));
            Assert.Equal(Blocks(ours, variant) ? 2 : 0, lab.After("the networks are there", static () => { }).Count);
        });
    }

    /// <summary>Where iptables itself is the older variant, our rules and ufw's are in the same tables.</summary>
    [Fact]
    public void With_the_older_iptables_ours_come_first()
    {
        using PrivateNamespace space = new();
        Variant.UseLegacy(space);
        NeighbourLab.In(space, "iptables", lab =>
        {
            Ufw ufw = new("legacy");
            Assert.Empty(lab.After("it is enabled", () => ufw.Run("--force enable")));
            Assert.Empty(lab.After("it is reloaded", () => ufw.Run("reload")));
            Assert.Empty(lab.After("it is reset", () => ufw.Run("--force reset")));
        });
    }

    /// <summary>Whether ufw's rules come besides ours, in both families: else they are in chains at whose head ours are.</summary>
    private static bool Blocks(string ours, string variant) => ours == "nftables" || variant == "legacy";
}
