using BridgeNet.Native;

namespace BridgeNet.Netlink;

/// <summary>The kernel refused a netlink request.</summary>
public sealed class NetlinkException(string operation, int errno, string? extended)
    : Exception($"{operation}: {NativeException.Describe(errno)}{(extended is null ? "" : $": {extended}")}")
{
    /// <summary>The requested operation, as a command of the usual tools.</summary>
    public string Operation { get; } = operation;

    /// <summary>The number of errno(3).</summary>
    public int Errno { get; } = errno;

    /// <summary>The kernel's message (extended ack); null without one.</summary>
    public string? ExtendedMessage { get; } = extended;
}
