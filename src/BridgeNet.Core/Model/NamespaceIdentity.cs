namespace BridgeNet.Model;

/// <summary>
/// The identity of a network namespace. The kernel never reuses a cookie within a boot, unlike paths, process ids and inode numbers.
/// </summary>
/// <param name="Boot">The boot id, <c>/proc/sys/kernel/random/boot_id</c>.</param>
/// <param name="Cookie">The socket option <c>SO_NETNS_COOKIE</c> of any socket in the namespace (Linux 5.14).</param>
internal sealed record NamespaceIdentity(string Boot, ulong Cookie)
{
    /// <summary>Boot and cookie, separated by a colon.</summary>
    public override string ToString() => $"{Boot}:{Cookie}";
}
