using BridgeNet.Native;

namespace BridgeNet.Netlink;

/// <summary>The kernel refused a netlink request.</summary>
public sealed class NetlinkException(string operation, int errno, string? extended)
    : Exception($"{operation}: {NativeException.Describe(errno)}{(extended is null ? "" : $": {extended}")}")
{
    /// <summary>What was asked for, in the words of the kernel's own tools.</summary>
    public string Operation { get; } = operation;

    /// <summary>The number of errno(3).</summary>
    public int Errno { get; } = errno;

    /// <summary>The kernel's own words (extended ack); null when it gave none.</summary>
    public string? ExtendedMessage { get; } = extended;
}
