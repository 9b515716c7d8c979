using BridgeNet.Kernel.Tests.Drift;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>The real ufw over one variant of iptables, with copies of its settings in the calling thread's private <c>/run</c>.</summary>
internal sealed class Ufw
{
    private readonly string _prepare;

    /// <param name="variant">Of iptables: <c>nft</c> or <c>legacy</c>.</param>
    public Ufw(string variant)
    {
        Admin.Needs("ufw", "unshare", "mount", "nft", "iptables-nft");
        if (variant == "legacy")
            Admin.NeedsLegacyIptables();
        Admin.Run("mkdir -p /run/test-ufw; cp -a /etc/ufw /run/test-ufw/; cp /etc/default/ufw /run/test-ufw/default");
        _prepare =
            "mount --bind /run/test-ufw/ufw /etc/ufw; mount --bind /run/test-ufw/default /etc/default/ufw; " + Variant.Mount(variant);
    }

    public void Run(string arguments) => Admin.Run($"unshare --mount sh -ec '{_prepare}; ufw {arguments}'");
}

/// <summary>Which iptables the names without a suffix are, by a mount over the program that they all lead to.</summary>
internal static class Variant
{
    public static string Mount(string variant) =>
        $"now={Program("iptables")}; want={Program($"iptables-{variant}")}; [ \"$now\" = \"$want\" ] || mount --bind \"$want\" \"$now\"";

    private static string Program(string name) => $"$(readlink -f \"$(command -v {name})\")";

    /// <summary>Makes iptables the older variant, for as long as the namespace is there.</summary>
    public static void UseLegacy(PrivateNamespace space)
    {
        space.Run(() =>
        {
            Admin.Needs("iptables", "iptables-nft", "mount");
            Admin.NeedsLegacyIptables();
            Admin.Run(Mount("legacy"));
        });
        space.KeepMounts();
    }
}
