namespace BridgeNet.Model;

/// <summary>Text of others, as a message may show it.</summary>
internal static class Display
{
    /// <summary>Short, and without what would move the cursor of a terminal.</summary>
    public static string Of(string text) =>
        string.Concat(text.Take(80).Select(static letter => char.IsControl(letter) ? '\uFFFD' : letter)) + (text.Length > 80 ? "…" : "");
}
