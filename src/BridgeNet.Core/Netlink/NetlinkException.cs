using BridgeNet.Native;

namespace BridgeNet.Netlink;

/// <summary>The kernel refused a netlink request.</summary>
internal sealed class NetlinkException(string operation, int errno, string? extended)
    : Exception($"{operation}: {NativeException.Describe(errno)}{(extended is null ? "" : $": {extended}")}")
{
    public string Operation { get; } = operation;

    public int Errno { get; } = errno;

    /// <summary>The kernel's own words (extended ack); null when it gave none.</summary>
    public string? ExtendedMessage { get; } = extended;
}
