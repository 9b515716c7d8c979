using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel.Tests;

/// <summary>What the kernel or a disk may say to a step, and the error id that a user sees for it.</summary>
internal sealed record Fault(string Name, Func<Exception> Make, string ErrorId)
{
    private static readonly (string Name, int Number)[] s_numbers =
    [
        ("EPERM", EPERM),
        ("ENOMEM", ENOMEM),
        ("EBUSY", EBUSY),
        ("EEXIST", EEXIST),
        ("ENODEV", ENODEV),
    ];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("IOException", static () => new IOException("injected"), ErrorIds.StateUnusable),
        .. s_numbers.Select(static errno => new Fault(
            $"netlink {errno.Name}",
            () => new NetlinkException("injected", errno.Number, null),
            errno.Number == EPERM ? ErrorIds.PermissionDenied : ErrorIds.NetlinkFailed
        )),
        .. s_numbers.Select(static errno => new Fault(
            $"call {errno.Name}",
            () => new NativeException("injected", errno.Number),
            errno.Number == EPERM ? ErrorIds.PermissionDenied : ErrorIds.NamespaceFailed
        )),
    ];
}
