namespace BridgeNet.Firewall;

/// <summary>The interface group (<c>IFLA_GROUP</c>) that every bridge of this module is put into.</summary>
internal static class InterfaceGroup
{
    /// <summary>One <c>devgroup</c> match on it says "any of our networks", so isolation is constant in size. Any number but 0, the group of all other links, would do.</summary>
    public const uint Id = 0xb41d;
}
