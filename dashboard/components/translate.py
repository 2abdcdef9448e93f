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
    "Drag and drop a file here": "把文件拖到这里", "Connection lost. Please wait for the app to reconnect, then try again.": "网络断了，等页面自己接上以后，请再放一次。",
    "Connecting to Streamlit server": "正在连接看板", "Unable to connect to Streamlit server": "连不上看板",
    "Connection error": "连接断了", "Connection timed out.": "看板没有及时回应。请看看网络是否连着；页面会自己再连，接上以后就能继续。",
    "Streamlit server is not responding. Are you connected to the internet?": "看板没有回应：也许网络断了，也许正在重新启动。页面会自己再连，接上以后就能继续；一直连不上的，请告诉维护人员。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:": "看板没有回应，也许已经停了。请在这台电脑上重新启动：", "streamlit run yourscript.py": "python3 run.py",
    "Page not found": "没有这个页面", "Bad message format": "页面没有传完整", "Script execution error": "页面运行有误", "No message": "没有说明",
    "Network issue": "页面没有传完整", "Cannot load Streamlit frontend code. This can happen when you update Streamlit while a Streamlit app is running.": "看板可能刚刚更新过。",
    "To fix this, simply reload this app by pressing": "请刷新页面：按", ", or": "或", "Try again": "再试一次", "Continue anyway": "仍然继续", "Cancel": "取消", "Download failed": "没有下载成，请再试一次。",
    "Selected values": "已选", "No options to select.": "没有可选的内容", "Close Search": "关闭查找", "Previous Result": "上一处", "Next Result": "下一处", "Type to search": "输入要找的字",
    "Scroll tabs right": "向右看其他页签", "Scroll tabs left": "向左看其他页签", "view more": "展开", "view less": "收起", "Notifications": "提示", "Navigate to home page": "回首页", "Main menu": "菜单",
    "Sort ascending": "从小到大排列", "Sort descending": "从大到小排列", "Pin column": "固定这一列", "Unpin column": "不再固定这一列", "Hide column": "隐藏这一列", "Copy column name": "复制列名", "No data": "无数据",
}  # fmt: skip
NUMBER = r"^(?:Error)?(?:: ?)?Number is %s the allowed range\. Please enter a value %s\.$"
PATTERNS = {
    r"^(?:Limit )?(\d+)\s?MB per file.*$": "每个文件不超过 $1 MB",
    r"^.*files are not allowed\.$": "这里读不了这种文件。请移除它，换一个再放：月报用 WPS、Excel 的表格，文稿用 Word 文档（docx）或文本文件（txt）。",
    r"^File must be (\d+(?:\.[1-9])?)(?:\.0)?MB or smaller\.$": "文件超过 $1 MB。请移除它，删去图片和多余的工作表，或者分成几个文件，再放一次。",
    NUMBER % ("outside", r"between (\S+) and (\S+)"): "请填 $1 到 $2 之间的数",
    NUMBER % ("below", r"greater than or equal to (\S+)"): "请填不小于 $1 的数",
    NUMBER % ("above", r"less than or equal to (\S+)"): "请填不大于 $1 的数",
    r"^The page that you have requested does not seem to exist\. Running the app's main page\.$|^You have requested page .+$": "网址写错了，或者您的账号不能看这个页面。现在显示的是首页，请从菜单里选。",
    r"^Connection failed with status 401(?:\.|, and response:)$": "登录已经失效：在别处退出了，或者时间太久没有操作。请刷新页面，重新登录。",
    r"^Connection failed with status (\d+)(?:\.|, and response:)$": "看板现在连不上（$1）。页面会自己再连，接上以后就能继续；一直连不上的，请告诉维护人员。",
    r"^Cannot connect to Streamlit \(HTTP status: 403\)[^]*$": "看板没有让这个页面连接。请刷新页面；还是这样的，请告诉维护人员。",
    r"^Request failed with status code 401$": "登录已经失效。请刷新页面，重新登录，再放一次。",
    r"^Request failed with status code (\d+)$": "没有传上（$1），请再放一次。",
    r"^timeout of \d+ms exceeded$": "没有及时传上，请再放一次。",
    r"^Select (\d+) matches$": "选中找到的 $1 项",
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
  const spoken = ["aria-label", "title", "placeholder"];
  const name = node => spoken.forEach(kind => {
    const text = node.getAttribute(kind), said = text && say(text);
    if (said && said !== text) node.setAttribute(kind, said);
  });
  const mend = node => {
    if (node.nodeType === 3) {
      const text = node.data.trim(), said = text && say(text);
      if (said && said !== text) node.data = node.data.replace(text, said).replace(/([：，。；！？])\\s+$/, "$1");
    } else if (node.nodeType === 1) {
      name(node);
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
  new MutationObserver(list => list.forEach(m => m.type === "childList" ? m.addedNodes.forEach(mend) : m.type === "attributes" ? name(m.target) : mend(m.target)))
    .observe(document.body, {childList: true, subtree: true, characterData: true, attributeFilter: spoken});
})();
</script>
""" % (json.dumps(WORDS, ensure_ascii=False), json.dumps(PATTERNS, ensure_ascii=False))  # noqa: UP031
