using System.Runtime.ExceptionServices;

namespace BridgeNet.Containers;

/// <summary>
/// Runs work on a thread made for it, which ends with it. A thread that has entered another namespace never comes back
/// to anyone else: it could be a pool thread, or PowerShell's own, and all that runs there later would be in the wrong place.
/// </summary>
internal static class NamespaceThread
{
    // Work here is shallow; a thousand containers should not cost a thousand default stacks.
    private const int StackSize = 512 * 1024;

    /// <summary>
    /// Waits for <paramref name="work"/>; what it throws is thrown here with its own stack. Work must not queue anything
    /// to the thread pool: the pool may answer by making a worker, and threads are born in the namespace of their maker.
    /// </summary>
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
#pragma warning disable RS0030 // the one that enters
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
        // The execution context stays behind: its async locals belong to the caller.
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
