// Runs co-wechat-api, as published, over the calls of its API that the sandbox serves.
// node calls.js BASE OPTIONS; OPTIONS is JSON; prints {name: answer or {"failed": code}} as JSON.
'use strict';

const [base, told] = process.argv.slice(2);
const { appid, secret, openids, template, files } = JSON.parse(told);
const API = require('co-wechat-api');

const api = new API(appid, secret);
Object.assign(api, {
  prefix: `${base}/cgi-bin/`,
  snsPrefix: `${base}/sns/`,
  mpPrefix: `${base}/cgi-bin/`,
  customservicePrefix: `${base}/customservice/`,
});

const menu = { button: [{ type: 'click', name: '健康码', key: 'code' }] };
const answers = {};

async function call(name, ...given) {
  try {
    const answer = await api[name](...given);
    answers[name] = Buffer.isBuffer(answer) ? { bytes: answer.length } : answer;
  } catch (error) {
    answers[name] = { failed: error.code === undefined ? String(error) : error.code };
  }
  return answers[name];
}

async function main() {
  const [one] = openids;
  await call('getAccessToken');
  await call('getIp');
  await call('sendText', one, '您好');
  const image = await call('uploadImageMedia', files.image);
  await call('getMedia', image.media_id);
  await call('sendImage', one, image.media_id);
  await call('sendNews', one, [{ title: '题', description: '述', url: 'https://example.invalid', picurl: '' }]);
  await call('uploadImage', files.image);
  const material = await call('uploadImageMaterial', files.image);
  await call('getMaterial', material.media_id);
  await call('getMaterials', 'image', 0, 20);
  await call('getMaterialCount');
  await call('removeMaterial', material.media_id);

  const { tag } = await call('createTags', '网格员');
  await call('batchTagging', openids, tag.id);
  await call('getIdList', one);
  await call('getUsersFromTag', tag.id);
  await call('getTags');
  await call('updateTag', tag.id, '社区');
  await call('getUser', one);
  await call('batchGetUsers', openids);
  await call('getFollowers');
  await call('updateRemark', one, '王芳');

  await call('createMenu', menu);
  const added = await call('addConditionalMenu', { ...menu, matchrule: { tag_id: String(tag.id) } });
  await call('tryConditionalMenu', one);
  await call('getMenu');
  await call('getMenuConfig');
  await call('delConditionalMenu', added.menuid);
  await call('removeMenu');

  await call('createTmpQRCode', 'community:1', 60);
  await call('createLimitQRCode', 7);
  await call('sendTemplate', one, template, 'https://example.invalid', '', { name1: { value: '王芳' } });
  await call('getAllPrivateTemplate');
  await call('addTemplate', 'TM00001');
  await call('getIndustry');
  await call('massSendText', '通知', openids);
  await call('getMassMessageStatus', answers.massSendText.msg_id);
  await call('previewText', one, '预览');
  await call('getCustomServiceList');
  await call('getTicket');
  const sent = answers.sendTemplate;
  answers.refused = await call('sendTemplate', one, template, '', '', { name1: { value: '1' } });
  answers.sendTemplate = sent;
}

main().then(() => process.stdout.write(JSON.stringify(answers)));
