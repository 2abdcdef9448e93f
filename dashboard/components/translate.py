"""Puts Chinese words in the place of the few English ones that Streamlit's own widgets draw, tells a screen reader that the menu is a list,
and makes one step back of a page and its filters."""

import json

WORDS = {
    "Upload": "选择文件", "Browse files": "选择文件", "Browse": "选择文件", "Drag and drop file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里", "No results": "没有符合的选项", "Choose an option": "请选择", "Choose options": "请选择",
    "Fullscreen": "全屏", "Close fullscreen": "退出全屏", "Download as CSV": "下载为 CSV", "Search": "查找", "Show/hide columns": "显示或隐藏列",
    "Select all": "全选", "Clear all": "清空", "Copy to clipboard": "复制", "Copied!": "已复制", "Remove file": "移除文件", "empty": "空",
    "Connecting": "正在连接", "CONNECTING": "正在连接", "Running...": "正在计算", "Stop": "停止", "Rerun": "重新运行",
    "Sidebar": "菜单", "App pages": "页面", "Open": "展开", "Expand sidebar": "打开菜单", "Collapse sidebar": "收起菜单", "Close": "关闭",
    "Show password text": "显示密码", "Hide password text": "隐藏密码", "Increment": "增加", "Decrement": "减少", "Clear value": "清空",
    "Press Ctrl+Enter to submit form": "按 Ctrl+Enter 提交", "Press ⌘+Enter to submit form": "按 ⌘+Enter 提交", "Press Enter to submit form": "按 Enter 提交",
    "Press Ctrl+Enter to apply": "按 Ctrl+Enter 确定", "Press ⌘+Enter to apply": "按 ⌘+Enter 确定", "Press Enter to apply": "按 Enter 确定",
    "Skip to main content": "跳到正文", "Add files": "再放一个文件", "add icon": "加", "file upload": "选择文件", "Error:": "没有收下：", "Error": "有误：",
    "Only one file is allowed.": "一次只能放一个文件。", "Unexpected error. Please try again.": "没有传上，请再放一次。", "Network Error": "网络断了，请再放一次。",
}  # fmt: skip
NUMBER = r"^(?:Error)?(?:: ?)?Number is %s the allowed range\. Please enter a value %s\.$"
PATTERNS = {
    r"^(?:Limit )?(\d+)\s?MB per file.*$": "每个文件不超过 $1 MB",
    r"^.*files are not allowed\.$": "这里读不了这种文件。请移除它，换一个再放：月报用 WPS、Excel 的表格，文稿用 Word 文档（docx）或文本文件（txt）。",
    r"^File must be (\d+(?:\.[1-9])?)(?:\.0)?MB or smaller\.$": "文件超过 $1 MB。请移除它，删去图片和多余的工作表，或者分成几个文件，再放一次。",
    NUMBER % ("outside", r"between (\S+) and (\S+)"): "请填 $1 到 $2 之间的数",
    NUMBER % ("below", r"greater than or equal to (\S+)"): "请填不小于 $1 的数",
    NUMBER % ("above", r"less than or equal to (\S+)"): "请填不大于 $1 的数",
    r"^Remove (.+)$": "移除 $1",
    r"^Cancel upload of (.+)$": "不再上传 $1",
}

SCRIPT = """<script>
(() => {
  if (window.unionBoardWords) return;
  window.unionBoardWords = true;
  const words = %s;
  const patterns = Object.entries(%s).map(([pattern, said]) => [new RegExp(pattern), said]);
  const kinds = /^•\\s(?:[A-Z]+, )+[A-Z]+$/;
  const fill = text => { const found = patterns.find(([pattern]) => pattern.test(text)); return found ? text.replace(...found) : null; };
  const say = text => words[text] || (kinds.test(text) ? (text.includes("DOCX") ? "• Word 文档、文本文件" : "• WPS、Excel 的各种表格") : fill(text));
  const menu = node => node.querySelectorAll('[data-testid="stSidebarNavItems"]').forEach(list => {
    list.setAttribute("role", "group");
    list.querySelectorAll(":scope > div").forEach(part => part.setAttribute("role", "list"));
    list.querySelectorAll(":scope > li").forEach(part => part.setAttribute("role", "presentation"));
  });
  const mend = node => {
    if (node.nodeType === 3) {
      const text = node.data.trim(), said = text && say(text);
      if (said && said !== text) node.data = node.data.replace(text, said).replace(/([：，。；！？])\\s+$/, "$1");
    } else if (node.nodeType === 1) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const said = node.hasAttribute(name) && say(node.getAttribute(name));
        if (said) node.setAttribute(name, said);
      }
      node.childNodes.forEach(mend);
      menu(node.parentElement || node);
    }
  };
  const push = history.pushState;  // going to a page and telling its filters is one step back, not two
  history.pushState = function (state, title, address) {
    const to = new URL(address, location.href);
    return (state && to.pathname === location.pathname && !location.search ? history.replaceState : push).call(history, state, title, address);
  };
  document.documentElement.lang = "zh-CN";
  mend(document.body);
  new MutationObserver(list => list.forEach(m => m.type === "characterData" ? mend(m.target) : m.addedNodes.forEach(mend)))
    .observe(document.body, {childList: true, subtree: true, characterData: true});
})();
</script>
""" % (json.dumps(WORDS, ensure_ascii=False), json.dumps(PATTERNS, ensure_ascii=False))  # noqa: UP031
