namespace BridgeNet.Changes;

/// <summary>One effect on the kernel, with the words for it and its undo.</summary>
/// <param name="Words">The command a person would type for the same.</param>
/// <param name="Apply">Does it.</param>
/// <param name="Undo">Takes it back; null when a later undo covers it (a deleted link takes its addresses along).</param>
/// <param name="End">Lets go of what was kept for the undo; runs once the change is made or undone.</param>
internal sealed record Step(string Words, Action Apply, Action? Undo = null, Action? End = null);
