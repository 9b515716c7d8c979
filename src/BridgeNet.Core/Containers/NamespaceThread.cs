using System.Runtime.ExceptionServices;

namespace BridgeNet.Containers;

/// <summary>
/// Runs work on a dedicated thread, which ends after it. A thread that has entered another namespace must not be used for anything else: on
/// a pool thread, or PowerShell's own, all later work would run in the wrong namespace.
/// </summary>
internal static class NamespaceThread
{
    // The work here needs little stack; a thousand containers should not need a thousand default stacks.
    private const int StackSize = 512 * 1024;

    /// <summary>
    /// Waits for <paramref name="work"/>, and rethrows its exception with the original stack. Work must not queue anything to the thread
    /// pool: the pool may create a thread, and a new thread is in the namespace of its creator.
    /// </summary>
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
#pragma warning disable RS0030 // the thread that enters
        var thread = new Thread(
#pragma warning restore RS0030
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception exception)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            StackSize
        )
        {
            Name = "BridgeNet ns",
            IsBackground = true,
        };
        // Without the execution context: its async locals belong to the caller.
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
