namespace BridgeNet.Model;

/// <summary>Which network namespace: the kernel never gives two of them the same cookie while it runs, unlike paths, process ids and inode numbers.</summary>
/// <param name="Boot">The kernel's id of its run, <c>/proc/sys/kernel/random/boot_id</c>.</param>
/// <param name="Cookie">The socket option <c>SO_NETNS_COOKIE</c> of any socket in the namespace (Linux 5.14).</param>
internal sealed record NamespaceIdentity(string Boot, ulong Cookie)
{
    /// <summary>Boot and cookie, with a colon between.</summary>
    public override string ToString() => $"{Boot}:{Cookie}";
}
